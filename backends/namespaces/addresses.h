// Chooses the bottle's subnets so that they touch nothing of the host: an address then means one thing only.
#pragma once

#include <string>

#include "backends/namespaces/network_plan.h"
#include "harness/result.h"

namespace bottle::warden {

Result<NetworkPlan> choose_network();

}  // namespace bottle::warden
