// What there is of ours on an engine, found by its labels: to take a bottle down, and to remove what killed runs left.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "backends/docker/engine.h"

namespace bottle::docker {

struct Remain {
  std::string kind = {};  // "container", "network", "volume"
  std::string name = {};
  std::filesystem::path directory = {};  // of the run that made it
};

// What a look found, and whether it saw everything: an engine may tell of its containers and hang over its networks.
struct Look {
  std::vector<Remain> remains = {};  // containers first: they hold the others
  Result<void> whole = {};
};

Look remains_of(const Engine& engine);  // of this user on this machine

// Removes what `look` finds, and looks again while something stays, for kRemoveTime at the most. `removed` is what was
// there at first. An error names what stays; what could be removed is gone.
Result<void> remove(const Engine& engine, const std::function<Look()>& look, std::vector<Remain>& removed);
// All that has the label of this run's directory.
Result<void> remove_by_directory(const Engine& engine, const std::filesystem::path& directory);

// What is left of runs that are dead: one that lives keeps its directory locked.
Look left_behind(const Engine& engine);
std::vector<std::string> lines_of(const std::vector<Remain>& remains);
// Ends the commands that such runs had under way, removes what they left, and says what that was. Without the engine's
// program nothing can have been made with it. An error: with it, but without an answer, nobody knows.
Result<std::vector<std::string>> remove_left_behind(const Engine& engine);

inline constexpr std::chrono::seconds kRemoveTime{10};

}  // namespace bottle::docker
