// What can be made wrong on purpose with a bottle of namespaces: the words of a hole's `bottle` list, and what they
// mean here. Shared by the driver, which checks them, and the warden, which makes them.
//
//   no-network   no link from the agent to its bundle
//   no-walls     a default route from the agent into the internet, past its bundle
//   abstract-socket  the host's abstract canary answers to its name in the agent's network, too
//   mount canary     the host's canary directory is in the agent's root, at the same path, writable
//   environment      the agent inherits a variable of the host
//   descriptor       the agent inherits an open file of the host
#pragma once

#include <string>
#include <vector>

#include "harness/result.h"

namespace bottle::warden {

struct Wrongs {
  bool no_network = false;
  bool no_walls = false;
  bool abstract_socket = false;
  bool mount_canary = false;
  bool environment = false;
  bool descriptor = false;
};

// Fault::unsupported: this backend cannot make one of them.
Result<Wrongs> parse_wrongs(const std::vector<std::string>& words);

// One step for each, for --dry-run.
std::vector<std::string> steps_of(const Wrongs& wrongs);

}  // namespace bottle::warden
