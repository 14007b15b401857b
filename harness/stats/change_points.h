// Where a series changes its level: E-divisive means with a permutation test (Matteson and James 2014), as Hunter and
// Otava use it for the history of a benchmark.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/stats/summary.h"

namespace bottle {

struct ChangePoint {
  std::size_t at = 0;            // index of the first sample of the new level
  double before = 0, after = 0;  // medians of the segments at its sides
  double p = 1;
};

struct ChangePointLimits {
  double p = 0.001;         // at most
  std::size_t segment = 5;  // samples, at least
  double magnitude = 0.05;  // |after / before - 1|, at least
  std::size_t permutations = 1'999;
};

// In order. Quadratic: for series of a few hundred.
std::vector<ChangePoint> change_points(const Samples& series, std::uint64_t seed, const ChangePointLimits& limits = {});

}  // namespace bottle
