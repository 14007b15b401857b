// The canaries at addresses of the host that only an engine leads a container to. Where this process cannot bind them
// (another machine's engine, a port that is taken) there are none.
#pragma once

#include <string>
#include <vector>

#include "backends/docker/engine_facts.h"
#include "backends/namespaces/canaries.h"
#include "harness/result.h"

namespace bottle::docker {

// Where the host itself stands on the agent's network, at the bridge's own address: TCP and UDP at kNearbyPort,
// "host-gateway" and "host-gateway-udp". Both, or none; a network without the host has none.
std::vector<warden::Canary> bind_gateway_canaries(const std::string& gateway);

inline constexpr char kHostResolver[] = "host-resolver";

// Where Docker's resolver in a container (127.0.0.11) sends on what it is asked: kHostResolver, and
// with "-udp". A container's resolver asks the host's own if that is on the host's loopback; any other is
// somebody else's, and not bound.
std::vector<warden::Canary> bind_resolver_canary(const std::string& resolv_conf = "/etc/resolv.conf");

// Whether anybody would hear what a resolver of this engine sends on; if not, why (Fault::unsupported).
Result<void> would_hear_the_engines_resolver(const EngineFacts& engine);

}  // namespace bottle::docker
