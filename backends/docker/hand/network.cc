#include "backends/docker/hand/network.h"

#include <fcntl.h>
#include <net/if.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "backends/namespaces/files.h"
#include "backends/namespaces/interfaces.h"

namespace bottle::hand {
namespace {

using warden::Interface;
using warden::Links;

constexpr int kFirstTable = 100;  // of the roads for one protocol: one table each

std::vector<std::string> split(const std::string& word) {
  std::istringstream text(word);
  std::vector<std::string> parts;
  for (std::string part; text >> part;) parts.push_back(part);
  return parts;
}

Result<NetworkWords::Address> parse_own(const std::string& word, const std::vector<std::string>& parts) {
  const auto own = parts.size() < 2 ? std::nullopt : warden::parse_prefix(parts[1]);
  if (!own || (parts.size() != 2 && (parts.size() != 4 || parts[2] != "via")))
    return fail("\"" + word + "\" is not \"address A/N [via B]\"");
  return NetworkWords::Address{*own, parts.size() == 4 ? parts[3] : ""};
}

Result<NetworkWords::Road> parse_road_via(const std::string& word, std::vector<std::string> parts) {
  if (parts.size() < 4 || parts[2] != "via")
    return fail("\"" + word + "\" is not \"road PREFIX via GATEWAY [tcp|udp|icmp [PORT]]\"");
  std::string route = "route " + parts[1];
  for (std::size_t i = 4; i < parts.size(); ++i) route += " " + parts[i];
  BOTTLE_TRY(auto road, warden::parse_road(route, {}));
  return NetworkWords::Road{std::move(road), std::move(parts[3])};
}

Result<int> index_of(const std::string& name) {
  const unsigned index = ::if_nametoindex(name.c_str());
  if (index == 0) return fail_os(name);
  return static_cast<int>(index);
}

Result<int> only_link() {
  std::set<std::string> names;
  for (const Interface& entry : warden::interfaces()) {
    if (!entry.loopback && entry.up) names.insert(entry.name);
  }
  if (names.size() == 1) return index_of(*names.begin());
  std::string all;
  for (const auto& name : names) all += " " + name;
  return fail(names.empty() ? "this network has no link that is up"
                            : "this network has several links, so the address needs \"via\":" + all);
}

// The longest prefix that it is in, as a route would be chosen.
Result<int> link_towards(const std::string& address) {
  const auto wanted = warden::parse_address(address);
  if (wanted.empty()) return fail("'" + address + "' is no address");
  const auto all = warden::interfaces();
  const Interface* best = nullptr;
  for (const Interface& entry : all) {
    if (entry.loopback || !warden::same_prefix(entry.address, wanted, entry.bits)) continue;
    if (best == nullptr || entry.bits > best->bits) best = &entry;
  }
  if (best == nullptr) return fail("no link of this network is in a subnet with " + address);
  return index_of(best->name);
}

bool has_ipv6() {
  const auto disabled = warden::read_text("/proc/sys/net/ipv6/conf/lo/disable_ipv6");
  return disabled && *disabled == "0\n";
}

Result<void> remove_routes(Links& links, bool only_default) {
  if (auto v4 = links.remove_routes(false, only_default); !v4) return v4;
  return has_ipv6() ? links.remove_routes(true, only_default) : Result<void>();
}

Result<void> lead_only_to(Links& links, const std::vector<std::string>& neighbours) {
  std::vector<int> towards;
  for (const auto& neighbour : neighbours) {
    BOTTLE_TRY(const int index, link_towards(neighbour));
    towards.push_back(index);
  }
  if (auto removed = remove_routes(links, false); !removed) return removed;
  for (std::size_t i = 0; i < neighbours.size(); ++i) {
    if (auto added = links.add_neighbour_route(towards[i], neighbours[i]); !added) return added;
  }
  return {};
}

Result<void> be_everywhere(Links& links) {
  if (auto up = links.set_up(warden::kLoopback); !up) return up;
  if (auto removed = remove_routes(links, true); !removed) return removed;
  if (auto v4 = links.answer_to_every_address(false); !v4) return v4;
  return has_ipv6() ? links.answer_to_every_address(true) : Result<void>();
}

Result<void> make_roads(Links& links, const std::vector<NetworkWords::Road>& roads) {
  int table = kFirstTable;
  for (const auto& [road, gateway] : roads) {
    const bool any = road.protocol.empty();
    if (any && road.bits == 0 && !road.ipv6()) {  // the engine's own choice stands in its way
      if (auto removed = links.remove_routes(false, true); !removed) return removed;
    }
    BOTTLE_TRY(const int index, link_towards(gateway));
    if (auto route = links.add_route(index, gateway, {road.network, road.bits}, any ? 0 : table); !route) return route;
    if (any) continue;
    if (auto rule = links.add_rule(road.ipv6(), road.protocol, road.port, table++); !rule) return rule;
  }
  return {};
}

// In place: engines mount this one file, and who shares the network has it, too.
Result<void> ask_only(const std::string& resolver) {
  const Fd file(::open("/etc/resolv.conf", O_WRONLY | O_TRUNC | O_CLOEXEC));
  if (!file) return fail_os("/etc/resolv.conf");
  return warden::write_all(file.get(), "nameserver " + resolver + "\n");
}

}  // namespace

Result<NetworkWords> parse_network_words(const std::vector<std::string>& words) {
  NetworkWords parsed;
  for (const auto& word : words) {
    const auto parts = split(word);
    const std::string verb = parts.empty() ? "" : parts[0];
    if (verb == "address") {
      BOTTLE_TRY(auto address, parse_own(word, parts));
      parsed.addresses.push_back(std::move(address));
    } else if (verb == "only" && parts.size() == 2) {
      parsed.only.push_back(parts[1]);
    } else if (verb == "everywhere" && parts.size() == 1) {
      parsed.everywhere = true;
    } else if (verb == "refuse" && parts.size() == 2) {
      parsed.refused.push_back(parts[1]);
    } else if (verb == "resolver" && parts.size() == 2) {
      parsed.resolver = parts[1];
    } else if (verb == "road") {
      BOTTLE_TRY(auto road, parse_road_via(word, parts));
      parsed.roads.push_back(std::move(road));
    } else {
      return fail("\"" + word +
                  "\" is none of: address A/N [via B], only A, everywhere, road PREFIX via GATEWAY ..., "
                  "refuse A, resolver A");
    }
  }
  return parsed;
}

Result<void> set_up_network(const NetworkWords& words) {
  BOTTLE_TRY(auto links, Links::open());
  for (const auto& [own, via] : words.addresses) {
    BOTTLE_TRY(const int index, via.empty() ? only_link() : link_towards(via));
    if (auto added = links.add_address(index, own); !added) return added;
  }
  if (!words.only.empty()) {
    if (auto led = lead_only_to(links, words.only); !led) return led;
  }
  if (words.everywhere) {
    if (auto everywhere = be_everywhere(links); !everywhere) return everywhere;
  }
  if (auto made = make_roads(links, words.roads); !made) return made;
  for (const auto& address : words.refused) {
    if (auto refused = links.refuse(address); !refused) return refused;
  }
  return words.resolver.empty() ? Result<void>() : ask_only(words.resolver);
}

}  // namespace bottle::hand
