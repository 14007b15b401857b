// What a session's samples come to: medians, intervals and the ratio to the control, paired by round. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/bench/session.h"
#include "harness/stats/summary.h"

namespace bottle {

// Of one contender against another, from the rounds in which both have a sample: exp of the median of the logarithms of
// x / other. Noise that hits both in a round cancels out.
struct PairedRatio {
  double estimate = 0;
  Interval interval = {};  // bootstrap over the rounds
  std::size_t rounds = 0;
};

struct PhaseFigures {
  BenchPhase phase = BenchPhase::create;
  Summary summary = {};  // ns; count 0: the contender has no such phase
};

struct BenchFigures {
  Summary cold_start = {};                // ns
  Interval median_interval = {};          // 95 %, of the median cold start
  std::vector<PhaseFigures> phases = {};  // all, in order
  std::optional<Summary> cpu = {}, peak_bytes = {};
  std::optional<PairedRatio> ratio = {};  // of the cold start to native's, 99 %; nothing for native itself, or too few
  std::size_t samples = 0, failed = 0;    // warm-ups left out; `samples` includes the failed
};

// Cold starts (or a phase) of the samples that count, in order: no warm-ups, no failures.
Samples cold_starts(const BenchContender& contender);
Samples durations(const BenchContender& contender, BenchPhase phase);

// Logarithms of contender / other, one a round in which both have a sample, in order. A metric that is missing: the
// cold start. Of sequential and staggered rounds each sample, of a burst the round's median.
Samples log_ratios(const BenchContender& contender, std::optional<BenchPhase> metric, const BenchContender& other,
                   std::optional<BenchPhase> other_metric);

// Nothing where so few rounds cannot give an interval of that confidence: under 6 for 95 %, under 8 for 99 %.
std::optional<PairedRatio> ratio_of_logs(const Samples& logs, double confidence, std::uint64_t seed);
std::optional<PairedRatio> paired_ratio(const BenchContender& contender, const BenchContender& other, double confidence,
                                        std::uint64_t seed, std::optional<BenchPhase> metric = {});

// A ratio for a sentence: "0.98", "12.3", "1350".
std::string times_text(double ratio);

BenchFigures figures_of(const BenchContender& contender, const BenchSession& session);

}  // namespace bottle
