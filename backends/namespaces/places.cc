#include "backends/namespaces/places.h"

#include <fcntl.h>
#include <sched.h>

#include <functional>
#include <utility>
#include <vector>

#include "backends/namespaces/files.h"
#include "backends/namespaces/links.h"

namespace bottle::warden {
namespace {

// One end of a veth pair: where it is, the last byte of its IPv4 address, and its index there.
struct End {
  std::string place = {};
  int host = 0;
  int index = 0;
};

struct Pair {
  End one = {}, other = {};
  int number = 0;  // of its IPv6 subnet
};

const Pair kAgentBundle{{"agent", 2, 11}, {"bundle", 1, 12}, 0};
const Pair kBundleInternet{{"bundle", 129, 13}, {"internet", 130, 14}, 1};
const Pair kOutsideInternet{{"outside", 193, 15}, {"internet", 194, 16}, 2};
const Pair kAgentInternet{{"agent", 225, 17}, {"internet", 226, 18}, 3};  // only where a road was made on purpose
constexpr int kFirstTable = 100;  // of the roads for one protocol: one table each

std::string link_name(const std::string& peer) { return "to-" + peer; }

Result<void> in_place(const NetworkNamespaces& namespaces, const std::string& place,
                      const std::function<Result<void>(Links&)>& act) {
  if (auto entered = enter_network(namespaces, place); !entered) return entered;
  auto links = Links::open();
  auto done = links ? act(*links) : Result<void>(fail(links.error()));
  if (auto back = enter_network(namespaces, "agent"); !back) return back;
  return done;
}

Result<void> set_up_end(const NetworkNamespaces& namespaces, const NetworkPlan& plan, const Pair& pair, const End& end,
                        const End& peer) {
  return in_place(namespaces, end.place, [&](Links& links) -> Result<void> {
    if (auto up = links.set_up(end.index); !up) return up;
    if (auto v4 = links.add_address(end.index, plan.v4(end.host), plan.v4(peer.host)); !v4) return v4;
    if (plan.base6.empty()) return {};
    return links.add_address(end.index, plan.v6(pair.number, end.host), plan.v6(pair.number, peer.host));
  });
}

Result<void> join(const NetworkNamespaces& namespaces, const NetworkPlan& plan, const Pair& pair) {
  BOTTLE_TRY(auto links, Links::open());
  const auto end = [&](const End& from, const End& to) {
    return VethEnd{namespaces.at(from.place).get(), link_name(to.place), from.index};
  };
  if (auto made = links.make_veth(end(pair.one, pair.other), end(pair.other, pair.one)); !made) return made;
  if (auto one = set_up_end(namespaces, plan, pair, pair.one, pair.other); !one) return one;
  return set_up_end(namespaces, plan, pair, pair.other, pair.one);
}

Result<void> await_carriers(const NetworkNamespaces& namespaces, const std::vector<const Pair*>& pairs) {
  for (const Pair* pair : pairs) {
    for (const auto& [here, there] : {std::pair(&pair->one, &pair->other), std::pair(&pair->other, &pair->one)}) {
      auto running = in_place(namespaces, here->place,
                              [&, peer = there](Links& links) { return links.await_running(link_name(peer->place)); });
      if (!running) return running;
    }
  }
  return {};
}

// The pair's first end gets its default route through the second.
Result<void> join_with_default_route(const NetworkNamespaces& namespaces, const NetworkPlan& plan, const Pair& pair) {
  if (auto joined = join(namespaces, plan, pair); !joined) return joined;
  return in_place(namespaces, pair.one.place, [&](Links& links) -> Result<void> {
    if (auto v4 = links.add_default_route(pair.one.index, plan.v4(pair.other.host)); !v4) return v4;
    if (plan.base6.empty()) return {};
    return links.add_default_route(pair.one.index, plan.v6(pair.number, pair.other.host));
  });
}

// The agent's roads past its bundle. What no road takes still finds no route, and is told so at once.
Result<void> make_roads(const NetworkNamespaces& namespaces, const NetworkPlan& plan, const std::vector<Road>& roads) {
  const Pair& pair = kAgentInternet;
  if (auto joined = join(namespaces, plan, pair); !joined) return joined;
  return in_place(namespaces, "agent", [&](Links& links) -> Result<void> {
    int table = kFirstTable;
    for (const Road& road : roads) {
      if (road.ipv6() && plan.base6.empty()) continue;
      const bool any = road.protocol.empty();
      const std::string gateway = road.ipv6() ? plan.v6(pair.number, pair.other.host) : plan.v4(pair.other.host);
      const Destination to{road.network, road.bits};
      if (auto route = links.add_route(pair.one.index, gateway, to, any ? 0 : table); !route) return route;
      if (any) continue;
      if (auto rule = links.add_rule(road.ipv6(), road.protocol, road.port, table++); !rule) return rule;
    }
    return {};
  });
}

// A new namespace may inherit the host's settings (net.core.devconf_inherit_init_net), so each is made explicit.
Result<void> set_switches(bool ipv6, const std::string& place) {
  if (auto set = ensure_sysctl("net/ipv4/ip_forward", "0"); !set) return set;
  // "Port unreachable" is sent six times in a row and then once a second: the seventh refusal would look like a drop.
  if (auto set = ensure_sysctl("net/ipv4/icmp_ratelimit", "0"); !set) return set;
  if (!ipv6) return {};
  if (auto set = ensure_sysctl("net/ipv6/icmp/ratelimit", "0"); !set) return set;
  for (const std::string scope : {"all", "default"}) {
    if (auto set = ensure_sysctl("net/ipv6/conf/" + scope + "/forwarding", "0"); !set) return set;
    if (auto set = ensure_sysctl("net/ipv6/conf/" + scope + "/disable_ipv6", "0"); !set) return set;
    if (place != "agent") continue;
    if (auto set = ensure_sysctl("net/ipv6/conf/" + scope + "/accept_ra", "0"); !set) return set;
  }
  return {};
}

// Most hosts let everybody ping. An attempt over ICMP must fail at a wall and not at a missing permission: neither the
// agent's nor that of the harness beside it, which is group 0.
Result<void> allow_ping(unsigned group) {
  return ensure_sysctl("net/ipv4/ping_group_range", "0\t" + std::to_string(group));
}

}  // namespace

Result<void> enter_network(const NetworkNamespaces& namespaces, const std::string& place) {
  const auto found = namespaces.find(place);
  if (found == namespaces.end()) return fail("there is no place '" + place + "'");
  if (::setns(found->second.get(), CLONE_NEWNET) != 0) return fail_os("enter the network of " + place);
  return {};
}

Result<NetworkNamespaces> make_network_namespaces(bool agents_alone) {
  NetworkNamespaces namespaces;
  const auto keep = [&](const std::string& place) -> Result<void> {
    Fd fd(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
    if (!fd) return fail_os("/proc/self/ns/net");
    namespaces[place] = std::move(fd);
    return {};
  };
  if (auto kept = keep("agent"); !kept) return fail(kept.error());
  if (agents_alone) return namespaces;
  for (const std::string place : {"bundle", "internet", "outside"}) {
    if (::unshare(CLONE_NEWNET) != 0) return fail_os("network namespace of " + place);
    if (auto kept = keep(place); !kept) return fail(kept.error());
  }
  if (auto back = enter_network(namespaces, "agent"); !back) return fail(back.error());
  return namespaces;
}

namespace {

Result<void> make_ready(const NetworkNamespaces& namespaces, const std::string& place, bool ipv6, bool dead,
                        unsigned group) {
  return in_place(namespaces, place, [&](Links& links) -> Result<void> {
    if (auto set = set_switches(ipv6, place); !set) return set;
    if (auto set = allow_ping(group); !set) return set;
    return dead ? Result<void>() : links.set_up(kLoopback);
  });
}

}  // namespace

Result<void> make_agent_ready(const NetworkNamespaces& namespaces, const NetworkPlan& plan, unsigned agent_group) {
  return make_ready(namespaces, "agent", !plan.base6.empty(), false, agent_group);
}

Result<void> join_places(const NetworkNamespaces& namespaces, const NetworkPlan& plan, const Wrongs& wrongs,
                         unsigned agent_group) {
  const bool ipv6 = !plan.base6.empty();
  for (const auto& [place, fd] : namespaces) {
    const bool agents = place == "agent";
    auto ready = make_ready(namespaces, place, ipv6, agents && wrongs.no_network, agents ? agent_group : 0);
    if (!ready) return ready;
  }
  auto everywhere = in_place(namespaces, "internet", [&](Links& links) -> Result<void> {
    if (auto v4 = links.answer_to_every_address(false); !v4) return v4;
    return ipv6 ? links.answer_to_every_address(true) : Result<void>();
  });
  if (!everywhere) return everywhere;
  std::vector<const Pair*> made{&kBundleInternet, &kOutsideInternet};
  if (!wrongs.no_network) {
    if (auto joined = join(namespaces, plan, kAgentBundle); !joined) return joined;
    made.push_back(&kAgentBundle);
  }
  if (auto joined = join_with_default_route(namespaces, plan, kBundleInternet); !joined) return joined;
  if (auto joined = join_with_default_route(namespaces, plan, kOutsideInternet); !joined) return joined;
  if (!wrongs.roads.empty() && !wrongs.no_network) {
    if (auto roads = make_roads(namespaces, plan, wrongs.roads); !roads) return roads;
    made.push_back(&kAgentInternet);
  }
  return await_carriers(namespaces, made);
}

}  // namespace bottle::warden
