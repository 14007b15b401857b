// Whether two sets of samples differ, and how sure that is. All of it is deterministic: what is drawn is drawn from a
// seed that the caller gives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/stats/summary.h"

namespace bottle {

inline constexpr std::size_t kResamples = 9'999;

// Percentile bootstrap of the median: `confidence` 0.95 or 0.99; needs at least two samples, else {NaN, NaN}.
Interval bootstrap_median(const Samples& samples, double confidence, std::uint64_t seed,
                          std::size_t resamples = kResamples);

struct MannWhitney {
  double u = 0;  // of the first
  double p = 1;  // two-sided, normal approximation with correction for ties and continuity (as scipy's "asymptotic")
};
MannWhitney mann_whitney(const Samples& a, const Samples& b);

// Two-sided permutation test on the difference of the medians: (1 + as extreme) / (1 + permutations).
double permutation_p(const Samples& a, const Samples& b, std::uint64_t seed, std::size_t permutations = kResamples);

// Two-sided, that the median is 0, of the same resamples as the interval: 2 * (1 + on the other side) / (1 +
// resamples), 1 at most.
double bootstrap_p(const Samples& samples, std::uint64_t seed, std::size_t resamples = kResamples);

// Corrected for their number, in their order: what is at most alpha afterwards is so with all others in mind.
std::vector<double> holm(const std::vector<double>& p);

}  // namespace bottle
