// What a launch would do, for --dry-run: in its order, with every command as it would be given. What nobody knows
// before is in capitals.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "backends/docker/containers.h"
#include "backends/smolmachines/bottle_plan.h"

namespace bottle::smolmachines {

struct Launch {
  const Plan& plan;
  const Ground& ground;
  const Wrongs& wrongs;
  const docker::Containers& containers;  // of images that are named, and need not be there
  std::string registry = {};             // of a smolvm that loads no archives: the image of one
  std::filesystem::path unfinished = {};
  bool patch = true;  // the record is set where creating has dropped it
};

std::vector<std::string> steps_of(const Launch& launch);

}  // namespace bottle::smolmachines
