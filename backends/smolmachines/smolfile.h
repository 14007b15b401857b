// The machine as a Smolfile, smolvm's own description: for people, and for --dry-run. It cannot be given to a machine
// that is made with --from, whose flags say the same.
#pragma once

#include <string>

#include "backends/smolmachines/state_database.h"
#include "harness/exec.h"

namespace bottle::smolmachines {

struct Smolfile {
  std::string image = {};
  std::vector<std::string> entrypoint = {}, cmd = {};
  Environment environment = {};
  Cidrs allowed = {};
};

std::string rendered(const Smolfile& file);

}  // namespace bottle::smolmachines
