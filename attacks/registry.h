// All techniques, from the list in CMakeLists.txt.
#pragma once

#include <vector>

#include "harness/attempt.h"

namespace bottle {

std::vector<Technique> all_techniques();

}  // namespace bottle
