// What there is of ours on an engine, found by its labels: to take a bottle down, and to remove what killed runs left.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "backends/docker/engine.h"

namespace bottle::docker {

struct Remain {
  std::string kind = {};  // "container", "network", "volume"
  std::string name = {};
  std::filesystem::path directory = {};  // of the run that made it
};

// Of this user on this machine, containers first: they hold the others.
Result<std::vector<Remain>> remains_of(const Engine& engine);

// All that has the label of this run's directory. An error names what stays.
Result<void> remove_by_directory(const Engine& engine, const std::filesystem::path& directory);
Result<void> remove(const Engine& engine, const std::vector<Remain>& remains);

}  // namespace bottle::docker
