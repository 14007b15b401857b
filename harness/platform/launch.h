// Starts one program: the only thing about processes that no two systems do alike.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/exec.h"
#include "harness/result.h"

namespace bottle {

// What the child keeps: {number in the child, ours}. Ours are close-on-exec, and above every number in the child.
using Kept = std::vector<std::pair<int, int>>;

// In a process group of its own, with `command`'s environment and directory, no signal blocked or ignored, and no
// descriptor but `kept`. Returns its number, once it executes. Fault::unavailable: there is no such program.
Result<int> launch_program(const std::string& program, const Command& command, const Kept& kept);

}  // namespace bottle
