#include "harness/bench/budget.h"

#include <fmt/format.h>

#include "harness/bench/figures.h"

namespace bottle {
namespace {

std::string time_in_words(double nanoseconds) {
  if (nanoseconds < 1e6) return fmt::format("{:.1f} us", nanoseconds / 1e3);
  if (nanoseconds < 1e9) return fmt::format("{:.1f} ms", nanoseconds / 1e6);
  return fmt::format("{:.2f} s", nanoseconds / 1e9);
}

std::optional<double> statistic_of(const Summary& summary, Budget::Statistic statistic) {
  switch (statistic) {
    case Budget::Statistic::median: return summary.median;
    case Budget::Statistic::p90: return summary.p90;
    case Budget::Statistic::p95: return summary.p95;
    case Budget::Statistic::p99: return summary.p99;
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Budget::Statistic statistic) {
  switch (statistic) {
    case Budget::Statistic::median: return "median";
    case Budget::Statistic::p90: return "p90";
    case Budget::Statistic::p95: return "p95";
    case Budget::Statistic::p99: return "p99";
  }
  return "";
}

std::optional<Budget::Statistic> budget_statistic_named(std::string_view name) {
  using Statistic = Budget::Statistic;
  for (const Statistic each : {Statistic::median, Statistic::p90, Statistic::p95, Statistic::p99})
    if (name_of(each) == name) return each;
  return std::nullopt;
}

BudgetCheck check_budget(const Budget& budget, const std::vector<const BenchContender*>& measured) {
  Samples samples;
  for (const BenchContender* contender : measured) {
    const Samples each = budget.metric ? durations(*contender, *budget.metric) : cold_starts(*contender);
    samples.insert(samples.end(), each.begin(), each.end());
  }
  const std::string what = fmt::format("{} {}", name_of(budget.statistic), words_of(budget.metric));
  const std::string limit = time_in_words(static_cast<double>(budget.limit));
  if (samples.empty())
    return {BenchVerdict::inconclusive,
            fmt::format("its {} has a budget of {}, but no good sample has that time", what, limit)};
  const auto value = statistic_of(summarise(samples), budget.statistic);
  if (!value)
    return {BenchVerdict::inconclusive, fmt::format("its {} has a budget of {}, but {} samples are too few for a {}",
                                                    what, limit, samples.size(), name_of(budget.statistic))};
  const std::string seen = time_in_words(*value);
  if (*value > static_cast<double>(budget.limit))
    return {BenchVerdict::over_budget, fmt::format("its {} is {}, over its budget of {}", what, seen, limit)};
  return {BenchVerdict::ok, fmt::format("its {} is {}, within its budget of {}", what, seen, limit)};
}

}  // namespace bottle
