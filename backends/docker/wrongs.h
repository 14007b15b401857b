// What can be made wrong on purpose with a bottle of containers: the words of a hole's `bottle` list, and what they
// mean here.
//
//   no-network                           the agent's container has no network
//   route PREFIX [tcp|udp|icmp [PORT]]   the agent is on the outer network, too, and has a route through the lab
//   engine-network                       the agent's network is what `network create --internal` makes by itself: the
//                                        host has an address on it
//   engine-resolver                      nobody told the engine where the agent's resolver is
//   abstract-socket                      the host's abstract canary answers to its name in the agent's network, too
//   mount canary                         the host's canary directory is mounted, writable
//   environment                          the agent inherits a variable of the host
#pragma once

#include <string>
#include <vector>

#include "backends/docker/layout.h"
#include "backends/namespaces/roads.h"
#include "harness/result.h"

namespace bottle::docker {

struct Wrongs {
  bool no_network = false;
  bool engine_network = false;
  bool engine_resolver = false;
  std::vector<warden::Road> roads = {};
  bool abstract_socket = false;
  bool mount_canary = false;
  bool environment = false;
};

// Fault::unsupported: this backend cannot make one of them.
Result<Wrongs> parse_wrongs(const std::vector<std::string>& words, const Layout& layout);
// Fault::unsupported: a runtime whose network is its own (has_own_network_stack) cannot get this wrong.
Result<void> possible_in_own_stack(const Wrongs& wrongs);

// One step for each, for --dry-run.
std::vector<std::string> steps_of(const Wrongs& wrongs);

}  // namespace bottle::docker
