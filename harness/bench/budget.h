// A limit in absolute time that a user has set for a contender. It knows of no history.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/bench/session.h"
#include "harness/bench/verdict.h"

namespace bottle {

struct Budget {
  enum class Statistic { median, p90, p95, p99 };
  std::string contender = {};
  BenchMetric metric = {};
  Statistic statistic = Statistic::median;
  std::int64_t limit = 0;  // ns
};
std::string_view name_of(Budget::Statistic statistic);
std::optional<Budget::Statistic> budget_statistic_named(std::string_view name);

struct BudgetCheck {
  BenchVerdict verdict = BenchVerdict::ok;  // or over_budget, or inconclusive: too few samples for that percentile
  std::string reason = {};
};
// `measured`: the contender, in each session that counts; their samples are taken together.
BudgetCheck check_budget(const Budget& budget, const std::vector<const BenchContender*>& measured);

}  // namespace bottle
