#include "harness/stats/inference.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "harness/stats/random.h"

namespace bottle {
namespace {

// The middle, or the two middles, of `size` things are those at these places.
struct Middles {
  explicit Middles(std::size_t size) : low((size - 1) / 2), high(size / 2) {}
  std::size_t low, high;
};

double between(double low, double high) { return low + 0.5 * (high - low); }

// Of the sorted samples, each taken as often as `times` says. Without sorting anything again: that is what makes many
// thousand resamples a matter of milliseconds.
double median_of_counted(const Samples& sorted, const std::vector<std::uint32_t>& times, std::size_t taken) {
  const Middles middles(taken);
  std::size_t at = 0, seen = times[0];
  while (seen <= middles.low) seen += times[++at];
  const double low = sorted[at];
  while (seen <= middles.high) seen += times[++at];
  return between(low, sorted[at]);
}

Samples medians_of_resamples(Samples sorted, std::uint64_t seed, std::size_t resamples) {
  std::sort(sorted.begin(), sorted.end());
  Random random(seed);
  Samples medians;
  medians.reserve(resamples);
  std::vector<std::uint32_t> times(sorted.size());
  for (std::size_t i = 0; i < resamples; ++i) {
    std::fill(times.begin(), times.end(), 0);
    for (std::size_t draw = 0; draw < sorted.size(); ++draw) ++times[random.below(sorted.size())];
    medians.push_back(median_of_counted(sorted, times, sorted.size()));
  }
  return medians;
}

// The distance of the medians of the sorted samples that are `first`, and of those that are not.
double distance_of_medians(const Samples& sorted, const std::vector<char>& first, const Middles& of_first,
                           const Middles& of_others) {
  double medians[2] = {0, 0};
  std::size_t seen[2] = {0, 0};
  double low[2] = {0, 0};
  const Middles* middles[2] = {&of_others, &of_first};
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const std::size_t side = first[i] != 0 ? 1 : 0;
    if (seen[side] == middles[side]->low) low[side] = sorted[i];
    if (seen[side] == middles[side]->high) medians[side] = between(low[side], sorted[i]);
    ++seen[side];
  }
  return std::abs(medians[0] - medians[1]);
}

struct Ranked {
  double value = 0;
  bool first = false;
};

std::vector<Ranked> pooled(const Samples& a, const Samples& b) {
  std::vector<Ranked> all;
  for (const double sample : a) all.push_back({sample, true});
  for (const double sample : b) all.push_back({sample, false});
  std::stable_sort(all.begin(), all.end(), [](const Ranked& x, const Ranked& y) { return x.value < y.value; });
  return all;
}

}  // namespace

Interval bootstrap_median(const Samples& samples, double confidence, std::uint64_t seed, std::size_t resamples) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  if (samples.size() < 2 || resamples == 0) return {kNone, kNone};
  const Samples medians = medians_of_resamples(samples, seed, resamples);
  const double tail = (1 - confidence) / 2;
  return {quantile(medians, tail), quantile(medians, 1 - tail)};
}

double bootstrap_p(const Samples& samples, std::uint64_t seed, std::size_t resamples) {
  if (samples.empty()) return 1;
  std::size_t under = 0, over = 0;
  for (const double each : medians_of_resamples(samples, seed, resamples)) {
    if (each <= 0) ++under;
    if (each >= 0) ++over;
  }
  return std::min(1.0, 2 * static_cast<double>(1 + std::min(under, over)) / static_cast<double>(1 + resamples));
}

std::vector<double> holm(const std::vector<double>& p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> corrected(p.size());
  double largest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    largest = std::max(largest, std::min(1.0, static_cast<double>(order.size() - i) * p[order[i]]));
    corrected[order[i]] = largest;
  }
  return corrected;
}

MannWhitney mann_whitney(const Samples& a, const Samples& b) {
  if (a.empty() || b.empty()) return {};
  const std::vector<Ranked> all = pooled(a, b);
  double rank_sum = 0, ties = 0;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t end = i, firsts = 0;
    for (; end < all.size() && all[end].value == all[i].value; ++end) firsts += all[end].first ? 1 : 0;
    const auto alike = static_cast<double>(end - i);
    rank_sum += static_cast<double>(firsts) * (static_cast<double>(i + end + 1) / 2);
    ties += alike * alike * alike - alike;
    i = end;
  }
  const auto n = static_cast<double>(a.size()), m = static_cast<double>(b.size()), both = n + m;
  const double u = rank_sum - n * (n + 1) / 2;
  const double deviation = std::sqrt(n * m / 12 * ((both + 1) - ties / (both * (both - 1))));
  if (!(deviation > 0)) return {.u = u, .p = 1};  // all alike
  const double z = (std::max(u, n * m - u) - n * m / 2 - 0.5) / deviation;
  return {.u = u, .p = std::min(1.0, std::erfc(z / std::sqrt(2.0)))};
}

double permutation_p(const Samples& a, const Samples& b, std::uint64_t seed, std::size_t permutations) {
  if (a.empty() || b.empty()) return 1;
  Samples sorted;
  std::vector<char> first;
  for (const Ranked& sample : pooled(a, b)) {
    sorted.push_back(sample.value);
    first.push_back(sample.first ? 1 : 0);
  }
  const Middles of_first(a.size()), of_others(b.size());
  const double seen = distance_of_medians(sorted, first, of_first, of_others);
  Random random(seed);
  std::size_t as_extreme = 0;
  for (std::size_t i = 0; i < permutations; ++i) {
    random.shuffle(first);
    if (distance_of_medians(sorted, first, of_first, of_others) >= seen) ++as_extreme;
  }
  return static_cast<double>(1 + as_extreme) / static_cast<double>(1 + permutations);
}

}  // namespace bottle
