// What can be made wrong on purpose with a bottle of namespaces: the words of a hole's `bottle` list, and what they
// mean here. Shared by the driver, which checks them, and the warden, which makes them.
//
//   no-network                           no link from the agent to its bundle
//   route PREFIX [tcp|udp|icmp [PORT]]   a road from the agent into the internet, past its bundle (roads.h); PREFIX is
//                                        a literal, or {host}, {network}, {gateway}, {neighbour} (NetworkPlan)
//   forward CANARY                       the agent's own network has the address and port of host-loopback, host-alias
//                                        or host-address, and who connects there is carried to the host's (forwarder.h)
//   abstract-socket  the host's abstract canary answers to its name in the agent's network, too
//   mount canary     the host's canary directory is in the agent's root, at the same path, writable
//   environment      the agent inherits a variable of the host
//   descriptor       the agent inherits an open file of the host
#pragma once

#include <string>
#include <vector>

#include "backends/namespaces/network_plan.h"
#include "backends/namespaces/roads.h"
#include "harness/result.h"

namespace bottle::warden {

struct Wrongs {
  bool no_network = false;
  std::vector<Road> roads = {};
  std::vector<std::string> forwards = {};  // canaries, by name
  bool abstract_socket = false;
  bool mount_canary = false;
  bool environment = false;
  bool descriptor = false;
};

// Fault::unsupported: this backend cannot make one of them.
Result<Wrongs> parse_wrongs(const std::vector<std::string>& words, const NetworkPlan& network);

// One step for each, for --dry-run.
std::vector<std::string> steps_of(const Wrongs& wrongs);

}  // namespace bottle::warden
