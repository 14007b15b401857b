// Two JSON files of Google Benchmark's against each other. They were run one after the other, so what the machine did
// in between is in the difference: a small one is to be tried again.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "harness/bench/compare.h"
#include "harness/bench/figures.h"
#include "harness/safe_text.h"
#include "harness/stats/inference.h"

namespace bottle {
namespace {

using Json = nlohmann::json;

struct Benchmark {
  std::string name = {};
  Samples times = {};  // ns
};
using Benchmarks = std::vector<Benchmark>;  // in the order of the file

const Benchmark* find(const Benchmarks& benchmarks, const std::string& name) {
  const auto found =
      std::find_if(benchmarks.begin(), benchmarks.end(), [&](const Benchmark& b) { return b.name == name; });
  return found == benchmarks.end() ? nullptr : &*found;
}

std::optional<double> nanoseconds_in(const std::string& unit) {
  static constexpr std::pair<std::string_view, double> kUnits[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
  for (const auto& [name, factor] : kUnits)
    if (name == unit) return factor;
  return std::nullopt;
}

std::string text_in(const Json& row, const char* key) {
  const auto found = row.find(key);
  return found != row.end() && found->is_string() ? found->get<std::string>() : "";
}

// Aggregates are none of its samples, and a repetition that failed is none either.
bool is_sample(const Json& row) {
  const auto error = row.find("error_occurred");
  const bool failed = error != row.end() && *error == true;
  return !failed && text_in(row, "run_type") != "aggregate";
}

Result<Benchmarks> benchmarks_in(const std::string& text, std::string_view side) {
  const auto wrong = [&](const std::string& what) {
    return fail(fmt::format("{} is no JSON of Google Benchmark's: {}", side, what), Fault::usage);
  };
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return wrong("it is not JSON (a NaN or an Infinity in it is none, either)");
  if (!json.is_object() || !json.contains("benchmarks") || !json["benchmarks"].is_array())
    return wrong("it has no array \"benchmarks\"");
  Benchmarks found;
  for (const Json& row : json["benchmarks"]) {
    if (!row.is_object()) return wrong("a benchmark is no object");
    if (!is_sample(row)) continue;
    std::string name = text_in(row, "run_name");
    if (name.empty()) name = text_in(row, "name");
    name = safe_line(name);
    const auto time = row.find("real_time");
    const auto unit = nanoseconds_in(row.contains("time_unit") ? text_in(row, "time_unit") : "ns");
    if (name.empty() || time == row.end() || !time->is_number() || !unit)
      return wrong(fmt::format("the benchmark \"{}\" lacks a name, a real_time or a known time_unit", name));
    const double nanoseconds = time->get<double>() * *unit;
    if (!(nanoseconds > 0) || !std::isfinite(nanoseconds))
      return wrong(fmt::format("the real_time of \"{}\" is not over 0", name));
    auto at = std::find_if(found.begin(), found.end(), [&](const Benchmark& b) { return b.name == name; });
    if (at == found.end()) at = found.insert(found.end(), {name, {}});
    at->times.push_back(nanoseconds);
  }
  if (found.empty())
    return wrong(
        "no repetition of any benchmark is in it (with --benchmark_report_aggregates_only "
        "there are none)");
  return found;
}

// The least p that so many samples can have: all of one side over all of the other.
double least_p(std::size_t a, std::size_t b) {
  Samples low, high;
  for (std::size_t i = 0; i < a; ++i) low.push_back(static_cast<double>(i));
  for (std::size_t i = 0; i < b; ++i) high.push_back(static_cast<double>(a + i));
  return mann_whitney(low, high).p;
}

// `least`: the p that it could have had at best; both with all other comparisons in mind.
void decide(Comparison& found, double p, double least, const CompareLimits& limits) {
  found.reason = fmt::format("{} takes {} times as long in B as in A (Mann-Whitney p {:.2g}, {} and {} repetitions)",
                             found.what, times_text(found.ratio), found.p, found.samples_a, found.samples_b);
  const bool slower = found.ratio > 1 + limits.threshold, faster = found.ratio < 1 / (1 + limits.threshold);
  if (p >= limits.alpha && least >= limits.alpha) {
    found.verdict = BenchVerdict::inconclusive;
    found.reason += ": too few repetitions to show any difference; use --benchmark_repetitions=20";
  } else if (p < limits.alpha && (slower || faster)) {
    found.verdict = slower ? BenchVerdict::regression : BenchVerdict::improved;
  } else {
    found.reason +=
        p < limits.alpha ? fmt::format(": less than {:.0f} %", 100 * limits.threshold) : ": no difference is shown";
  }
}

}  // namespace

Result<BenchComparison> compare_google_benchmark(const std::string& a, const std::string& b,
                                                 const CompareLimits& limits) {
  BOTTLE_TRY(const Benchmarks in_a, benchmarks_in(a, "A"));
  BOTTLE_TRY(const Benchmarks in_b, benchmarks_in(b, "B"));
  BenchComparison all{.a = "A", .b = "B"};
  std::vector<double> chances;
  for (const Benchmark& of_a : in_a) {
    const Benchmark* of_b = find(in_b, of_a.name);
    if (of_b == nullptr) {
      all.notes.push_back(of_a.name + " is only in A");
      continue;
    }
    all.comparisons.push_back({.what = of_a.name,
                               .ratio = median(of_b->times) / median(of_a.times),
                               .p = mann_whitney(of_a.times, of_b->times).p,
                               .samples_a = of_a.times.size(),
                               .samples_b = of_b->times.size()});
    chances.push_back(all.comparisons.back().p);
  }
  for (const Benchmark& of_b : in_b)
    if (find(in_a, of_b.name) == nullptr) all.notes.push_back(of_b.name + " is only in B");
  if (all.comparisons.empty()) return fail("A and B have no benchmark in common", Fault::usage);
  const std::vector<double> corrected = holm(chances);
  for (std::size_t i = 0; i < all.comparisons.size(); ++i) {
    Comparison& each = all.comparisons[i];
    const double least = static_cast<double>(all.comparisons.size()) * least_p(each.samples_a, each.samples_b);
    decide(each, corrected[i], least, limits);
  }
  return all;
}

}  // namespace bottle
