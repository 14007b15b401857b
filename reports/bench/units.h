// Figures of cold starts as people read them: three digits, a unit, and a word for what is not there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/stats/summary.h"

namespace bottle {

inline constexpr std::string_view kMissing = "-";  // no such phase, or too few samples to say
inline constexpr std::size_t kLongestLabel = 24;   // of a contender's name in a line of text

std::string three_digits(std::optional<double> value);  // "0.082", "1.24", "41.2", "612"; of nothing or NaN: kMissing
std::string three_digits(const Interval& interval);     // "40.8-42.0"
std::string milliseconds(std::optional<double> ns);     // without its unit
std::string milliseconds(const Interval& ns);
std::string mebibytes(std::optional<double> bytes);                      // without its unit
std::optional<double> median_in(const std::optional<Summary>& summary);  // nothing, too, of no samples

std::string with_unit(double ns);               // "812 us", "41.2 ms", "1.24 s"
std::string percent_change(double ratio);       // of 1.12: "+12 %"
std::string minute_of(const std::string& utc);  // of "2026-11-21T03:24:07Z": "2026-11-21 03:24"; else as it is

}  // namespace bottle
