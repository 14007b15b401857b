#include "backends/smolmachines/road.h"

#include <algorithm>

#include "backends/namespaces/interfaces.h"

namespace bottle::smolmachines {

std::string_view name_of(Road road) {
  switch (road) {
    case Road::bridges: return "bridges";
    case Road::loopback: return "loopback";
  }
  return "?";
}

std::optional<Road> road_named(const std::string& word) {
  for (const Road road : {Road::bridges, Road::loopback}) {
    if (word == name_of(road)) return road;
  }
  return std::nullopt;
}

// An engine of another machine's may have a network like one of this host's: then the lab is not reached, and the
// launch says so.
Road road_to(const std::vector<std::string>& subnets) {
  const auto own = warden::interfaces();
  const bool on_one = std::any_of(own.begin(), own.end(), [&](const warden::Interface& entry) {
    if (entry.address.empty() || entry.loopback) return false;
    return std::any_of(subnets.begin(), subnets.end(), [&](const std::string& subnet) {
      const auto slash = subnet.find('/');
      return slash != subnet.npos && subnet.substr(slash + 1) == std::to_string(entry.bits) &&
             warden::same_prefix(warden::parse_address(subnet.substr(0, slash)), entry.address, entry.bits);
    });
  });
  return on_one ? Road::bridges : Road::loopback;
}

}  // namespace bottle::smolmachines
