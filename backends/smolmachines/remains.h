// What killed runs left of machines and of what stands around them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "backends/docker/engine.h"
#include "harness/result.h"

namespace bottle::smolmachines {

// Takes down what this run's note tells of, and forgets it; nothing if there is none.
Result<void> remove_noted(const std::filesystem::path& run_directory);

std::vector<std::string> lines_of(const docker::Engine& engine);
// The machines first, by the note in their run's directory; then what is on the engine, and the directories. An error
// names what stays.
Result<std::vector<std::string>> remove_remains(const docker::Engine& engine);

}  // namespace bottle::smolmachines
