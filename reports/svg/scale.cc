#include "reports/svg/scale.h"

#include <algorithm>
#include <cmath>

namespace bottle {
namespace {

constexpr double kManyTimes = 8;
constexpr std::size_t kMostTicks = 9;

// The smallest of 1, 2, 5 times a power of ten that is at least `least`.
double round_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double digit : {1.0, 2.0, 5.0})
    if (digit * power >= least * (1 - 1e-9)) return digit * power;
  return 10 * power;
}

std::vector<double> logarithmic_ticks(double low, double high, bool powers_only) {
  std::vector<double> ticks;
  for (double power = std::pow(10, std::floor(std::log10(low))); power <= high; power *= 10) {
    for (const double digit : {1.0, 2.0, 5.0}) {
      const double tick = digit * power;
      if ((digit == 1.0 || !powers_only) && tick >= low && tick <= high) ticks.push_back(tick);
    }
  }
  return ticks;
}

}  // namespace

Scale Scale::of_durations(double least, double most, double from, double to) {
  Scale scale;
  scale.from_ = from, scale.to_ = to;
  scale.logarithmic_ = least > 0 && most > kManyTimes * least;
  scale.low_ = scale.logarithmic_ ? least / 1.15 : 0;
  scale.high_ = scale.logarithmic_ ? most * 1.15 : std::max(most, 1.0) * 1.05;
  return scale;
}

Scale Scale::around(double least, double most, double from, double to) {
  const double margin = std::max((most - least) * 0.1, std::max(std::abs(most), 1e-9) * 0.02);
  Scale scale;
  scale.from_ = from, scale.to_ = to;
  scale.low_ = least - margin, scale.high_ = most + margin;
  return scale;
}

double Scale::at(double value) const {
  const double share =
      logarithmic_ ? std::log(std::max(value, low_) / low_) / std::log(high_ / low_) : (value - low_) / (high_ - low_);
  return from_ + (to_ - from_) * std::clamp(share, 0.0, 1.0);
}

std::vector<double> Scale::ticks() const {
  if (logarithmic_) {
    std::vector<double> ticks = logarithmic_ticks(low_, high_, false);
    return ticks.size() <= kMostTicks ? ticks : logarithmic_ticks(low_, high_, true);
  }
  std::vector<double> ticks;
  const double step = round_step((high_ - low_) / 6);
  const double first = std::ceil(low_ / step);
  for (double count = first; count * step <= high_; ++count) ticks.push_back(count * step);
  return ticks;
}

}  // namespace bottle
