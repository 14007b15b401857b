#include "harness/bench/verdict.h"

namespace bottle {

std::string_view name_of(BenchVerdict verdict) {
  switch (verdict) {
    case BenchVerdict::ok: return "ok";
    case BenchVerdict::improved: return "improved";
    case BenchVerdict::no_baseline: return "no_baseline";
    case BenchVerdict::inconclusive: return "inconclusive";
    case BenchVerdict::suspected: return "suspected";
    case BenchVerdict::regression: return "regression";
    case BenchVerdict::over_budget: return "over_budget";
  }
  return "";
}

std::string_view name_of(const BenchMetric& metric) { return metric ? name_of(*metric) : "cold_start"; }

std::string_view words_of(const BenchMetric& metric) {
  if (!metric) return "cold start";
  switch (*metric) {
    case BenchPhase::first_exec: return "first exec";
    case BenchPhase::exec_warm: return "warm exec";
    case BenchPhase::prepare:
    case BenchPhase::create:
    case BenchPhase::start:
    case BenchPhase::ready:
    case BenchPhase::teardown: return name_of(*metric);
  }
  return "";
}

std::optional<BenchMetric> bench_metric_named(std::string_view name) {
  if (name == name_of(BenchMetric())) return BenchMetric();
  if (const auto phase = bench_phase_named(name)) return BenchMetric(phase);
  return std::nullopt;
}

std::vector<BenchMetric> bench_metrics() {
  std::vector<BenchMetric> metrics = {std::nullopt};
  for (const BenchPhase phase : kBenchPhases) metrics.emplace_back(phase);
  return metrics;
}

}  // namespace bottle
