// The subnets that an engine's networks have already: it makes no two that overlap.
#pragma once

#include <string>
#include <vector>

#include "backends/docker/engine.h"

namespace bottle::docker {

// "172.17.0.0/16", and IPv6 ones. Networks that go while this looks are left out.
Result<std::vector<std::string>> subnets_of(const Engine& engine);

}  // namespace bottle::docker
