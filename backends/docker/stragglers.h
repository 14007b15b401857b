// The engine's command lines that a killed run had under way: they go on without it, and what they make comes up after
// whoever looked for remains.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace bottle::docker {

// Waits until none is left: all that make something have the label of the run's directory among their arguments. Those
// that outlast the limit are killed; their lines are returned.
std::vector<std::string> end_stragglers(std::chrono::milliseconds limit);

}  // namespace bottle::docker
