#include "harness/stats/summary.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bottle {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double quantile_of_sorted(const Samples& sorted, double p) {
  if (sorted.empty()) return kNone;
  const double at = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(at));
  if (below + 1 >= sorted.size()) return sorted.back();
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

std::size_t far_out(const Samples& samples, double middle, double mad) {
  constexpr double kModifiedZ = 14.826;
  if (mad == 0) return 0;
  return static_cast<std::size_t>(std::count_if(
      samples.begin(), samples.end(), [&](double sample) { return std::abs(sample - middle) / mad > kModifiedZ; }));
}

}  // namespace

double quantile(Samples samples, double p) {
  std::sort(samples.begin(), samples.end());
  return quantile_of_sorted(samples, p);
}

double median(Samples samples) { return quantile(std::move(samples), 0.5); }

double median_absolute_deviation(const Samples& samples) {
  const double middle = median(samples);
  Samples distances;
  for (const double sample : samples) distances.push_back(std::abs(sample - middle));
  return median(std::move(distances));
}

Summary summarise(const Samples& samples) {
  Samples sorted = samples;
  std::sort(sorted.begin(), sorted.end());
  Summary summary{.count = sorted.size(),
                  .median = quantile_of_sorted(sorted, 0.5),
                  .mad = median_absolute_deviation(sorted),
                  .least = quantile_of_sorted(sorted, 0),
                  .most = quantile_of_sorted(sorted, 1)};
  if (sorted.size() >= 10) summary.p90 = quantile_of_sorted(sorted, 0.9);
  if (sorted.size() >= 20) summary.p95 = quantile_of_sorted(sorted, 0.95);
  if (sorted.size() >= 100) summary.p99 = quantile_of_sorted(sorted, 0.99);
  summary.outliers = far_out(sorted, summary.median, summary.mad);
  return summary;
}

}  // namespace bottle
