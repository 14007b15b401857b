#include "harness/bench/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/stats/inference.h"

namespace bottle {
namespace {

using Pick = std::optional<std::int64_t> BenchSample::*;

bool counts(const BenchSample& sample) { return !sample.warm_up && sample.ok(); }

std::optional<std::int64_t> value_of(const BenchSample& sample, std::optional<BenchPhase> metric) {
  return metric ? sample[*metric] : sample.cold_start;
}

Samples values_of(const BenchContender& contender, std::optional<BenchPhase> metric) {
  Samples values;
  for (const BenchSample& sample : contender.samples) {
    const auto value = value_of(sample, metric);
    if (counts(sample) && value) values.push_back(static_cast<double>(*value));
  }
  return values;
}

std::map<int, double> by_round(const BenchContender& contender, std::optional<BenchPhase> metric) {
  std::map<int, Samples> rounds;
  for (const BenchSample& sample : contender.samples) {
    const auto value = value_of(sample, metric);
    // A clock's tick is the least that a ratio can be made of.
    if (counts(sample) && value) rounds[sample.round].push_back(std::max(1.0, static_cast<double>(*value)));
  }
  std::map<int, double> medians;
  for (auto& [round, values] : rounds) medians.emplace(round, median(std::move(values)));
  return medians;
}

std::optional<Summary> summary_of(const BenchContender& contender, Pick pick) {
  Samples values;
  for (const BenchSample& sample : contender.samples)
    if (counts(sample) && sample.*pick) values.push_back(static_cast<double>(*(sample.*pick)));
  if (values.empty()) return std::nullopt;
  return summarise(values);
}

}  // namespace

Samples cold_starts(const BenchContender& contender) { return values_of(contender, std::nullopt); }

Samples durations(const BenchContender& contender, BenchPhase phase) { return values_of(contender, phase); }

Samples log_ratios(const BenchContender& contender, std::optional<BenchPhase> metric, const BenchContender& other,
                   std::optional<BenchPhase> other_metric) {
  const std::map<int, double> others = by_round(other, other_metric);
  Samples logs;
  for (const auto& [round, value] : by_round(contender, metric)) {
    const auto found = others.find(round);
    if (found != others.end()) logs.push_back(std::log(value / found->second));
  }
  return logs;
}

std::optional<PairedRatio> ratio_of_logs(const Samples& logs, double confidence, std::uint64_t seed) {
  if (logs.size() < 2) return std::nullopt;
  // Not even the whole range of so few samples holds their median with that confidence.
  if (1 - std::exp2(1 - static_cast<double>(logs.size())) < confidence) return std::nullopt;
  const Interval interval = bootstrap_median(logs, confidence, seed);
  return PairedRatio{.estimate = std::exp(median(logs)),
                     .interval = {std::exp(interval.low), std::exp(interval.high)},
                     .rounds = logs.size()};
}

std::optional<PairedRatio> paired_ratio(const BenchContender& contender, const BenchContender& other, double confidence,
                                        std::uint64_t seed, std::optional<BenchPhase> metric) {
  return ratio_of_logs(log_ratios(contender, metric, other, metric), confidence, seed);
}

std::string times_text(double ratio) {
  return ratio < 1000 ? fmt::format("{:.3g}", ratio) : fmt::format("{:.0f}", ratio);
}

BenchFigures figures_of(const BenchContender& contender, const BenchSession& session) {
  const Samples starts = cold_starts(contender);
  BenchFigures figures{.cold_start = summarise(starts),
                       .median_interval = bootstrap_median(starts, 0.95, session.seed),
                       .cpu = summary_of(contender, &BenchSample::cpu),
                       .peak_bytes = summary_of(contender, &BenchSample::peak_bytes)};
  for (const BenchPhase phase : kBenchPhases) figures.phases.push_back({phase, summarise(durations(contender, phase))});
  const BenchContender* native = find_contender(session, kNative);
  if (native != nullptr && native->name != contender.name)
    figures.ratio = paired_ratio(contender, *native, 0.99, session.seed);
  for (const BenchSample& sample : contender.samples) {
    if (sample.warm_up) continue;
    ++figures.samples;
    if (!sample.ok()) ++figures.failed;
  }
  return figures;
}

}  // namespace bottle
