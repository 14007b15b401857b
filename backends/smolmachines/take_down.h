// The end of machines: whatever state they are in, and whether smolvm tells the truth about it or not.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/smolmachines/smolvm.h"
#include "harness/result.h"

namespace bottle::smolmachines {

struct Listed {
  std::string name = {};
  std::optional<int> pid = {};  // 0: it has no process; nothing: smolvm does not say
};
// Of `machine ls --json` those whose names begin like this. What else it says of them does not matter; one without a
// name could be any of them, and is an error.
Result<std::vector<Listed>> machines_of(const Smolvm& smolvm, const Home& home, const std::string& prefix);

// Stops and deletes them; none is no error. What is told is what smolvm had wrong, a line each: a process of a machine
// that went on, and was killed. An error: something stays.
Result<std::vector<std::string>> take_down(const Smolvm& smolvm, const Home& home, const std::string& prefix);

}  // namespace bottle::smolmachines
