#include "backends/smolmachines/bottle_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/docker/layout.h"
#include "backends/namespaces/addresses.h"
#include "backends/smolmachines/beyond.h"

namespace bottle::smolmachines {
namespace {

constexpr char kRoad[] = "road";           // of the facts
constexpr char kGateway[] = "100.96.0.1";  // smolvm's own, since 1.7.2 also the way to the host's 127.0.0.1

// What is open although the policy is what was asked for: none of it shows in smolvm's own record.
void tell_gaps(const std::string& smolvm, const Family& family, const Cidrs& allowed, Plan& plan) {
  const auto leaves_loopback = [](const std::string& cidr) { return !cidr.starts_with("127."); };
  if (family.opens_public_dns && std::any_of(allowed.begin(), allowed.end(), leaves_loopback))
    plan.notes.push_back(smolvm + " lets 1.1.1.1 join this list, and no record shows it");
  if (!plan.addresses.bundle_own.empty()) {
    const std::string says = smolvm + " has no filter of ports";
    plan.notes.push_back(says + ": what this host binds at all of its addresses is within reach at " +
                         plan.addresses.bundle);
    plan.known_gaps["localhost-reach.beside-bundle"] = says + ".";
  }
  if (family.answers_dns) {
    const std::string says = smolvm + " answers DNS whatever its list says";
    plan.notes.push_back(says);
    for (const char* gap : {"dns-exfil.direct[*transport=udp*]", "dns-exfil.direct[*transport=tcp*]",
                            "dns-exfil.default-resolver", "dns-exfil.default-resolver-types"})
      plan.known_gaps[gap] =
          says + "; --allow-host with the bundle's address as a literal switches its filter of names on.";
  }
}

}  // namespace

// Where the guest's sockets are the host's, the bundle stands at an alias of the loopback: a list of loopback addresses
// alone stays as it is, while 1.1.1.1 would join any other.
bool is_published(const Family& family, Road road) {
  return family.wall == Wall::interception || road == Road::loopback;
}

AliasPool pool_for(const Family& family) {
  return family.wall == Wall::interception ? loopback_aliases() : gateway_aliases();
}

Addresses addresses_for(const Ground& ground, const ChosenNetworks& chosen, const std::string& alias) {
  const docker::Layout& layout = chosen.layout;
  Addresses addresses{.bundle = layout.bundle(), .agent = "", .host = warden::host_address()};
  if (is_published(ground.family, ground.road)) {
    addresses.bundle = alias;
    addresses.bundle_own = layout.bundle();
  }
  addresses.host_alias = other_loopback(alias);
  if (ground.family.wall == Wall::gateway) addresses.host_loopback = kGateway;
  if (ground.road == Road::bridges) addresses.nearby = {{"gateway", layout.gateway()}};  // else it is not this host
  addresses.internet = chosen.beyond.internet();
  return addresses;
}

MachineSpec machine_for(const Plan& plan, const Family& family, const Wrongs& wrongs) {
  MachineSpec machine{.name = docker::kNamePrefix + plan.spec.slug, .artifact = "IMAGE.smolmachine"};
  machine.allowed = allowed_for(plan.addresses.bundle, wrongs);
  machine.localhost_only = wrongs.localhost_only;
  if (family.takes_dns) machine.dns = plan.addresses.internet->resolver;
  return machine;
}

std::string guest_resolver(const Family& family, const Addresses& addresses) {
  return family.wall == Wall::interception ? addresses.internet->resolver : "";
}

Road road_of(const Plan& plan) { return road_named(plan.facts.at(kRoad)).value_or(Road::bridges); }

void describe(const Ground& ground, const Wrongs& wrongs, Plan& plan) {
  const std::string smolvm = "smolvm " + ground.version.text();
  const Family& family = ground.family;
  plan.leaves_by_host = true;
  plan.accepts_first = family.wall == Wall::gateway;
  if (!family.carries_icmp) plan.no_transport["icmp"] = smolvm + " carries no ICMP";
  if (ground.road == Road::loopback) plan.unheard_transport["icmp"] = "on this host's loopback nobody hears a ping";
  plan.facts["smolvm"] = ground.version.text();
  plan.facts[kRoad] = name_of(ground.road);
  plan.facts["denial"] = family.denial;
  const Cidrs allowed = allowed_for(plan.addresses.bundle, wrongs);
  plan.facts["allowlist"] = fmt::format("{}", fmt::join(allowed, " "));
  plan.facts["beyond"] = plan.addresses.internet->resolver;
  plan.facts["ipv6"] = "no";
  tell_gaps(smolvm, family, allowed, plan);
}

}  // namespace bottle::smolmachines
