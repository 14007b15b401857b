// A sample of the catalogue: every case at least once, and in each category, on each road, each value of each blank at
// least once; but of clients the first that the case names. What is too slow to try in every combination, many times
// over, is tried in this one.
#pragma once

#include <vector>

#include "harness/plan.h"

namespace bottle {

std::vector<Variant> sample_of(const std::vector<Variant>& variants);

}  // namespace bottle
