// Chooses the bottle's subnets so that they touch nothing of the host: an address then means one thing only.
#pragma once

#include <string>

#include "backends/namespaces/network_plan.h"
#include "harness/result.h"

namespace bottle::warden {

Result<NetworkPlan> choose_network();

bool touches_no_address_of_the_host(const std::string& base4);  // the /24 of "10.213.64."
std::string host_address();                                     // not loopback; empty: the host has none

}  // namespace bottle::warden
