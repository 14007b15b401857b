// What this machine must have for a bottle of namespaces, and what to do where it has not.
#pragma once

#include <vector>

#include "harness/bottle.h"
#include "harness/install.h"

namespace bottle::warden {

std::vector<Check> preflight(const Install& install);

}  // namespace bottle::warden
