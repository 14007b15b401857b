// Whether a bottle that runs already can be entered, and has what is needed there: a shell, and a place.
#pragma once

#include <vector>

#include "backends/attach/way_in.h"
#include "harness/bottle.h"
#include "harness/install.h"

namespace bottle::attach {

std::vector<Check> preflight(const Install& install, const WayIn& way);

}  // namespace bottle::attach
