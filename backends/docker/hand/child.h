// The command of an errand: a process of its own session, with pipes of ours on its stdin, stdout and stderr.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "harness/fd.h"
#include "harness/result.h"

namespace bottle::hand {

struct Child {
  pid_t pid = 0;
  Fd to_stdin = {};  // does not block
  Fd from_stdout = {}, from_stderr = {};
};

// An Error when the program could not be executed, with its errno. `environment`: NAME=value.
Result<Child> start_child(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                          const std::string& directory);

}  // namespace bottle::hand
