// Becomes another program: execve, with the look-up in the PATH of the environment that the program gets.
#pragma once

#include <string>
#include <vector>

#include "harness/result.h"

namespace bottle::warden {

// NULL at the end; they point into `strings`.
std::vector<char*> pointers(const std::vector<std::string>& strings);

// `environment`: NAME=value. Comes back only when it has failed.
Error execute(const std::vector<std::string>& argv, const std::vector<std::string>& environment);

}  // namespace bottle::warden
