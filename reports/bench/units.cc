#include "reports/bench/units.h"

#include <fmt/format.h>

#include <cmath>

namespace bottle {
namespace {

constexpr double kMillisecond = 1e6;

std::optional<double> scaled(const std::optional<double>& value, double unit) {
  return value ? std::optional(*value / unit) : std::nullopt;
}

Interval scaled(const Interval& interval, double unit) { return {interval.low / unit, interval.high / unit}; }

}  // namespace

std::string three_digits(std::optional<double> value) {
  if (!value || !std::isfinite(*value)) return std::string(kMissing);
  const double size = std::abs(*value);
  return fmt::format("{:.{}f}", *value, size < 0.9995 ? 3 : size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

std::string three_digits(const Interval& interval) {
  if (!std::isfinite(interval.low) || !std::isfinite(interval.high)) return std::string(kMissing);
  return three_digits(interval.low) + "-" + three_digits(interval.high);
}

std::string milliseconds(std::optional<double> ns) { return three_digits(scaled(ns, kMillisecond)); }

std::string milliseconds(const Interval& ns) { return three_digits(scaled(ns, kMillisecond)); }

std::string mebibytes(std::optional<double> bytes) { return three_digits(scaled(bytes, 1u << 20)); }

std::optional<double> median_in(const std::optional<Summary>& summary) {
  return summary && summary->count > 0 ? std::optional(summary->median) : std::nullopt;
}

std::string with_unit(double ns) {
  if (!std::isfinite(ns)) return std::string(kMissing);
  if (std::abs(ns) < 0.9995e6) return three_digits(ns / 1e3) + " us";
  if (std::abs(ns) < 0.9995e9) return three_digits(ns / 1e6) + " ms";
  return three_digits(ns / 1e9) + " s";
}

std::string percent_change(double ratio) {
  if (!std::isfinite(ratio)) return std::string(kMissing);
  const double change = (ratio - 1) * 100;
  return fmt::format("{:+.{}f} %", change, std::abs(change) < 9.95 ? 1 : 0);
}

std::string minute_of(const std::string& utc) {
  if (utc.size() < 16 || utc[10] != 'T') return utc;
  return utc.substr(0, 10) + " " + utc.substr(11, 5);
}

}  // namespace bottle
