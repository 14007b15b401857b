#include "backends/docker/wrongs.h"

#include <algorithm>

#include "backends/namespaces/addresses.h"

namespace bottle::docker {
namespace {

std::map<std::string, std::string> names_in(const Layout& layout) {
  return {{"{host}", warden::host_address()},
          {"{network}", layout.inner()},
          {"{gateway}", layout.gateway()},
          {"{neighbour}", layout.neighbour()}};
}

}  // namespace

Result<Wrongs> parse_wrongs(const std::vector<std::string>& words, const Layout& layout) {
  Wrongs wrongs;
  bool only_ipv6 = true;  // of its routes
  for (const std::string& word : words) {
    if (word == "no-network") {
      wrongs.no_network = true;
    } else if (word == "engine-network") {
      wrongs.engine_network = true;
    } else if (word == "engine-resolver") {
      wrongs.engine_resolver = true;
    } else if (word.starts_with("route ")) {
      BOTTLE_TRY(auto road, warden::parse_road(word, names_in(layout)));
      only_ipv6 = only_ipv6 && road.ipv6();
      if (!road.ipv6()) wrongs.roads.push_back(std::move(road));
    } else if (word == "abstract-socket") {
      wrongs.abstract_socket = true;
    } else if (word == "mount canary") {
      wrongs.mount_canary = true;
    } else if (word == "environment") {
      wrongs.environment = true;
    } else {
      return fail("the docker backend has no switch \"" + word +
                      "\"; it has no-network, route ..., engine-network, engine-resolver, abstract-socket, "
                      "mount canary, environment",
                  Fault::unsupported);
    }
  }
  if (only_ipv6 && !words.empty() && words.front().starts_with("route "))
    return fail("a bottle of containers has no IPv6 here, and so no route for it", Fault::unsupported);
  return wrongs;
}

Result<void> possible_in_own_stack(const Wrongs& wrongs) {
  const bool by_protocol = std::any_of(wrongs.roads.begin(), wrongs.roads.end(),
                                       [](const warden::Road& road) { return !road.protocol.empty(); });
  const char* why = wrongs.abstract_socket   ? "sockets are its own: an abstract one of the host's cannot be in it"
                    : wrongs.engine_resolver ? "loopback is its own: the engine's resolver is not in it"
                    : by_protocol            ? "routes are its own: it takes none that are for one protocol alone"
                                             : nullptr;
  if (why == nullptr) return {};
  return fail(std::string("gVisor's ") + why, Fault::unsupported);
}

std::vector<std::string> steps_of(const Wrongs& wrongs) {
  std::vector<std::string> steps;
  if (wrongs.no_network) steps.emplace_back("WRONG ON PURPOSE: no network for the agent");
  if (wrongs.engine_network)
    steps.emplace_back("WRONG ON PURPOSE: the agent's network as the engine makes it, with the host on it");
  if (wrongs.engine_resolver) steps.emplace_back("WRONG ON PURPOSE: the agent's resolver is the engine's own choice");
  for (const warden::Road& road : wrongs.roads) {
    steps.push_back("WRONG ON PURPOSE: a route from the agent past its bundle to " + road.network + "/" +
                    std::to_string(road.bits) + (road.protocol.empty() ? "" : ", only for " + road.protocol) +
                    (road.port == 0 ? "" : " port " + std::to_string(road.port)));
  }
  if (wrongs.abstract_socket) steps.emplace_back("WRONG ON PURPOSE: an abstract socket of the host for the agent");
  if (wrongs.mount_canary) steps.emplace_back("WRONG ON PURPOSE: a directory of the host in the agent, writable");
  if (wrongs.environment) steps.emplace_back("WRONG ON PURPOSE: a variable of the host's environment for the agent");
  return steps;
}

}  // namespace bottle::docker
