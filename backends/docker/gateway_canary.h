// The canaries where the host itself stands on the agent's network: at the bridge's own address, if it has one that
// this process can bind. A network without the host has none, nor has one of another machine's engine.
#pragma once

#include <string>
#include <vector>

#include "backends/namespaces/canaries.h"

namespace bottle::docker {

// TCP and UDP at kNearbyPort: "host-gateway" and "host-gateway-udp". Both, or none.
std::vector<warden::Canary> bind_gateway_canaries(const std::string& gateway);

}  // namespace bottle::docker
