// The way into a bottle that runs already: the command that the user named, with what is to be run there behind it.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "harness/exec.h"
#include "harness/result.h"

namespace bottle::attach {

struct WayIn {
  std::vector<std::string> words = {};  // "docker", "exec", "-i", "NAME"

  Command command(const std::vector<std::string>& inside, std::string input = {}) const;
  // To the end, with little to say. An error when it cannot be started; how it ended is the caller's to look at.
  Result<ExecResult> run(const std::vector<std::string>& inside) const;
  std::string text() const;  // for people, as it was split
};

// The last line that says something, cut short; empty: none does.
std::string last_words(const std::string& said);

}  // namespace bottle::attach
