// One program in one place: what its child process does between fork and exec.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "backends/namespaces/agent.h"
#include "backends/namespaces/places.h"
#include "harness/fd.h"

namespace bottle::warden {

struct SpawnSpec {
  std::string place = {};
  std::vector<std::string> argv = {};
  std::vector<std::string> environment = {};
  std::vector<int> numbers = {};  // in the child, one for each of `fds`
  std::vector<Fd> fds = {};
  std::string directory = {};                // where it starts; empty: /; the agent always starts at home
  std::map<std::string, int> networks = {};  // places whose network namespace it gets, and at which number
};

// The child's pid. It is in a session of its own; what fails in it is answered on `reply`, then it exits.
Result<pid_t> spawn(const SpawnSpec& spec, int reply, const NetworkNamespaces& networks, const Agent* agent);

}  // namespace bottle::warden
