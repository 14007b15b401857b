// A sample of the catalogue: of every case as few variants as say each value of each blank once. What is too slow to
// try in every combination, many times over, is tried in these.
#pragma once

#include <vector>

#include "harness/plan.h"

namespace bottle {

std::vector<Variant> sample_of(const std::vector<Variant>& variants);

}  // namespace bottle
