#include "harness/stats/change_points.h"

#include <algorithm>
#include <cmath>

#include "harness/stats/random.h"

namespace bottle {
namespace {

struct Split {
  std::size_t at = 0;  // first of the new level, from the segment's start; 0: none is possible
  double strength = -1;
};

// How much [0, at) and [at, end) differ: twice the mean distance between them less the mean distances within each,
// weighted by their sizes. From the three sums of distances.
double strength_of(std::size_t left, std::size_t right, double across, double in_left, double in_right) {
  const auto n = static_cast<double>(left), m = static_cast<double>(right);
  const double apart = 2 * across / (n * m) - 2 * in_left / (n * (n - 1)) - 2 * in_right / (m * (m - 1));
  return n * m / (n + m) * apart;
}

// The strongest split of the segment or of a beginning of it: with the end fixed, a level that comes and goes would
// hide itself. Sums are carried from one end to the next, so that all pairs are looked at once.
Split strongest_split(const Samples& segment, std::size_t least) {
  Split best;
  std::vector<double> in_left(segment.size() + 1, 0);   // [i]: all distances within [0, i)
  std::vector<double> in_right(segment.size() + 1, 0);  // [i]: all distances within [i, end)
  for (std::size_t end = 1; end <= segment.size(); ++end) {
    double to_last = 0;
    for (std::size_t i = end - 1; i-- > 0;) {
      to_last += std::abs(segment[end - 1] - segment[i]);
      in_right[i] += to_last;
    }
    in_left[end] = in_right[0];
    for (std::size_t at = std::max<std::size_t>(least, 2); at + std::max<std::size_t>(least, 2) <= end; ++at) {
      const double across = in_left[end] - in_left[at] - in_right[at];
      const double strength = strength_of(at, end - at, across, in_left[at], in_right[at]);
      if (strength > best.strength) best = {at, strength};
    }
  }
  return best;
}

class Search {
 public:
  Search(const Samples& series, std::uint64_t seed, const ChangePointLimits& limits)
      : series_(series), random_(seed), limits_(limits) {}

  void look(std::size_t begin, std::size_t end) {
    Samples segment(series_.begin() + static_cast<std::ptrdiff_t>(begin),
                    series_.begin() + static_cast<std::ptrdiff_t>(end));
    const Split split = strongest_split(segment, limits_.segment);
    if (split.at == 0) return;
    const double p = chance_of(std::move(segment), split.strength);
    if (p > limits_.p) return;
    look(begin, begin + split.at);
    found_.push_back({.at = begin + split.at, .p = p});
    look(begin + split.at, end);
  }

  std::vector<ChangePoint> take_found() { return std::move(found_); }

 private:
  // Ends early where it cannot come under the limit any more.
  double chance_of(Samples segment, double strength) {
    const auto all = static_cast<double>(1 + limits_.permutations);
    std::size_t as_strong = 0;
    for (std::size_t i = 0; i < limits_.permutations; ++i) {
      random_.shuffle(segment);
      if (strongest_split(segment, limits_.segment).strength >= strength) ++as_strong;
      if (static_cast<double>(1 + as_strong) / all > limits_.p) return 1;
    }
    return static_cast<double>(1 + as_strong) / all;
  }

  const Samples& series_;
  Random random_;
  const ChangePointLimits& limits_;
  std::vector<ChangePoint> found_ = {};
};

double median_between(const Samples& series, std::size_t begin, std::size_t end) {
  return median(
      Samples(series.begin() + static_cast<std::ptrdiff_t>(begin), series.begin() + static_cast<std::ptrdiff_t>(end)));
}

void set_levels(std::vector<ChangePoint>& points, const Samples& series) {
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::size_t begin = i == 0 ? 0 : points[i - 1].at;
    const std::size_t end = i + 1 == points.size() ? series.size() : points[i + 1].at;
    points[i].before = median_between(series, begin, points[i].at);
    points[i].after = median_between(series, points[i].at, end);
  }
}

double magnitude_of(const ChangePoint& point) { return std::abs(point.after / point.before - 1); }

}  // namespace

std::vector<ChangePoint> change_points(const Samples& series, std::uint64_t seed, const ChangePointLimits& limits) {
  Search search(series, seed, limits);
  search.look(0, series.size());
  std::vector<ChangePoint> points = search.take_found();
  set_levels(points, series);
  while (!points.empty()) {  // one at a time: without it its neighbours' segments are others
    const auto least = std::min_element(points.begin(), points.end(), [](const ChangePoint& a, const ChangePoint& b) {
      return magnitude_of(a) < magnitude_of(b);
    });
    if (magnitude_of(*least) >= limits.magnitude) break;
    points.erase(least);
    set_levels(points, series);
  }
  return points;
}

}  // namespace bottle
