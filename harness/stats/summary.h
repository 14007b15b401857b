// What many samples come to. Cold starts are skewed, heavy-tailed and correlated, so there are no means and no standard
// deviations here, and nothing is ever removed as an outlier: only counted.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace bottle {

using Samples = std::vector<double>;  // in any order, of any unit; NaN is not allowed

// Type 7 (as numpy and R do it by default); `p` in 0..1; of no samples: NaN.
double quantile(Samples samples, double p);
double median(Samples samples);
// The median of the distances from the median; not scaled.
double median_absolute_deviation(const Samples& samples);

struct Interval {
  double low = 0, high = 0;
};

struct Summary {
  std::size_t count = 0;
  double median = 0, mad = 0, least = 0, most = 0;
  // A percentile is there where the samples support it: p90 from 10, p95 from 20, p99 from 100 on.
  std::optional<double> p90 = {}, p95 = {}, p99 = {};
  std::size_t outliers = 0;  // modified z-score above 14.826, as hyperfine counts them; 0 where the MAD is 0
};
Summary summarise(const Samples& samples);  // of none: count 0, the rest NaN

}  // namespace bottle
