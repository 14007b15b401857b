#include "backends/namespaces/wrongs.h"

#include <utility>

namespace bottle::warden {

Result<Wrongs> parse_wrongs(const std::vector<std::string>& words, const NetworkPlan& network) {
  Wrongs wrongs;
  for (const std::string& word : words) {
    const std::string verb = word.substr(0, word.find(' '));
    if (word == "no-network") {
      wrongs.no_network = true;
    } else if (verb == "route") {
      BOTTLE_TRY(Road road, parse_road(word, network.names()));
      wrongs.roads.push_back(std::move(road));
    } else if (verb == "forward") {
      BOTTLE_TRY(std::string canary, parse_forward(word));
      wrongs.forwards.push_back(std::move(canary));
    } else if (word == "abstract-socket") {
      wrongs.abstract_socket = true;
    } else if (word == "mount canary") {
      wrongs.mount_canary = true;
    } else if (word == "environment") {
      wrongs.environment = true;
    } else if (word == "descriptor") {
      wrongs.descriptor = true;
    } else {
      return fail("the namespaces backend has no switch \"" + word +
                      "\"; it has no-network, route ..., forward ..., "
                      "abstract-socket, mount canary, environment, descriptor",
                  Fault::unsupported);
    }
  }
  return wrongs;
}

std::vector<std::string> steps_of(const Wrongs& wrongs) {
  std::vector<std::string> steps;
  if (wrongs.no_network) steps.emplace_back("WRONG ON PURPOSE: no link from the agent to its bundle");
  for (const Road& road : wrongs.roads) {
    steps.push_back("WRONG ON PURPOSE: a route from the agent past its bundle to " + road.network + "/" +
                    std::to_string(road.bits) + (road.protocol.empty() ? "" : ", only for " + road.protocol) +
                    (road.port == 0 ? "" : " port " + std::to_string(road.port)));
  }
  for (const std::string& canary : wrongs.forwards)
    steps.push_back("WRONG ON PURPOSE: the agent's own network forwards to " + canary);
  if (wrongs.abstract_socket) steps.emplace_back("WRONG ON PURPOSE: an abstract socket of the host for the agent");
  if (wrongs.mount_canary)
    steps.emplace_back("WRONG ON PURPOSE: a directory of the host in the agent's root, writable");
  if (wrongs.environment) steps.emplace_back("WRONG ON PURPOSE: a variable of the host's environment for the agent");
  if (wrongs.descriptor) steps.emplace_back("WRONG ON PURPOSE: an open file of the host for the agent");
  return steps;
}

}  // namespace bottle::warden
