// The placeholders of a description, and what stands in their places in one bottle. Words stay words: whatever a value
// holds, it never becomes two arguments.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/exec.h"

namespace bottle::command {

inline constexpr char kCommandWord[] = "{command}";          // alone: the whole command
inline constexpr char kEnvironmentWord[] = "{environment}";  // alone: the agent's variables, as arguments

// Those that every argument list and file may have: "{name}", "{scratch}" ...
std::vector<std::string> placeholders();

// The first in `word` that is none of `known`; empty: there is none. A word in braces is one if it is of a-z and "-".
std::string unknown_placeholder(std::string_view word, const std::vector<std::string>& known);

using Values = std::map<std::string, std::string>;  // "{name}" -> what it is

std::string fill(std::string_view word, const Values& values);
std::vector<std::string> fill(const std::vector<std::string>& words, const Values& values);

// `exec` for this command: where it has no {command}, the command follows.
std::vector<std::string> fill_exec(const std::vector<std::string>& exec, const std::vector<std::string>& variable,
                                   const Values& values, const std::vector<std::string>& command,
                                   const Environment& environment);

}  // namespace bottle::command
