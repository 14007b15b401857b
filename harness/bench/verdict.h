// What a check or a comparison says of a contender.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/bench/session.h"

namespace bottle {

enum class BenchVerdict {
  ok,
  improved,
  no_baseline,   // too few comparable sessions: nothing was checked against them
  inconclusive,  // too noisy, too few samples, too many failures
  suspected,     // slower than the baseline allows; a second session must confirm it
  regression,
  over_budget,
};
std::string_view name_of(BenchVerdict verdict);

// What is measured: a phase, or where there is none the cold start.
using BenchMetric = std::optional<BenchPhase>;
std::string_view name_of(const BenchMetric& metric);   // "cold_start", "first_exec"
std::string_view words_of(const BenchMetric& metric);  // for a sentence: "cold start", "first exec"
std::optional<BenchMetric> bench_metric_named(std::string_view name);
std::vector<BenchMetric> bench_metrics();  // cold start first

}  // namespace bottle
