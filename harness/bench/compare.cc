#include "harness/bench/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/bench/figures.h"
#include "harness/bench/noise.h"
#include "harness/stats/inference.h"

namespace bottle {
namespace {

Samples samples_of(const BenchContender& contender, const BenchMetric& metric) {
  return metric ? durations(contender, *metric) : cold_starts(contender);
}

std::string why_inconclusive(const BenchSession& session, const BenchContender& a, const BenchContender& b) {
  if (std::string why = too_noisy(session); !why.empty()) return why;
  for (const BenchContender* each : {&a, &b})
    if (const std::string why = too_broken(*each); !why.empty()) return each->name + ": " + why;
  return "";
}

// Nothing where a side has no such phase.
std::optional<Comparison> measured(const BenchSession& session, const BenchContender& a, const BenchContender& b,
                                   const BenchMetric& metric) {
  const Samples of_a = samples_of(a, metric), of_b = samples_of(b, metric);
  if (of_a.empty() || of_b.empty()) return std::nullopt;
  Comparison found{.what = std::string(words_of(metric)),
                   .p = mann_whitney(of_a, of_b).p,
                   .samples_a = of_a.size(),
                   .samples_b = of_b.size()};
  const Samples logs = log_ratios(b, metric, a, metric);
  found.ratio = logs.empty() ? median(of_b) / median(of_a) : std::exp(median(logs));
  if (const auto paired = ratio_of_logs(logs, 0.99, session.seed)) found.interval = paired->interval;
  return found;
}

// `p`: that there is no difference, with all other comparisons in mind.
void decide(Comparison& found, const std::string& a, const std::string& b, double p, const CompareLimits& limits) {
  const std::string paired = fmt::format("{}'s {} is {} times {}'s (99 % interval {} to {}; Mann-Whitney p {:.2g})", b,
                                         found.what, times_text(found.ratio), a, times_text(found.interval->low),
                                         times_text(found.interval->high), found.p);
  const bool sure = p <= limits.alpha;
  if (sure && found.interval->low > 1 && found.ratio > 1 + limits.threshold) found.verdict = BenchVerdict::regression;
  if (sure && found.interval->high < 1 && found.ratio < 1 / (1 + limits.threshold))
    found.verdict = BenchVerdict::improved;
  const bool outside = found.interval->low > 1 || found.interval->high < 1;
  found.reason = paired;
  if (found.verdict != BenchVerdict::ok) return;
  if (!outside)
    found.reason += ": no difference is shown";
  else if (sure)
    found.reason += fmt::format(": less than {:.0f} %", 100 * limits.threshold);
  else
    found.reason += ": no longer sure among so many comparisons";
}

}  // namespace

Result<BenchComparison> compare_contenders(const BenchSession& session, std::string_view a, std::string_view b,
                                           const CompareLimits& limits) {
  const BenchContender *of_a = find_contender(session, a), *of_b = find_contender(session, b);
  for (const auto& [found, name] : {std::pair{of_a, a}, {of_b, b}})
    if (found == nullptr) return fail(fmt::format("the session has no contender {}", name), Fault::usage);
  BenchComparison all{.a = std::string(a), .b = std::string(b)};
  std::vector<double> chances;
  for (const BenchMetric& metric : bench_metrics()) {
    auto found = measured(session, *of_a, *of_b, metric);
    if (!found) {
      const bool one = !samples_of(*of_a, metric).empty() || !samples_of(*of_b, metric).empty();
      if (one) all.notes.push_back(fmt::format("{} is only measured on one side", words_of(metric)));
      continue;
    }
    chances.push_back(found->interval ? bootstrap_p(log_ratios(*of_b, metric, *of_a, metric), session.seed) : 1);
    all.comparisons.push_back(std::move(*found));
  }
  if (all.comparisons.empty()) return fail(fmt::format("{} and {} have no measure in common", a, b), Fault::usage);
  const std::string noisy = why_inconclusive(session, *of_a, *of_b);
  const std::vector<double> corrected = holm(chances);
  for (std::size_t i = 0; i < all.comparisons.size(); ++i) {
    Comparison& each = all.comparisons[i];
    if (noisy.empty() && each.interval) {
      decide(each, all.a, all.b, corrected[i], limits);
      continue;
    }
    each.verdict = BenchVerdict::inconclusive;
    each.reason = !noisy.empty() ? noisy : fmt::format("under {} rounds have a good sample of both", kFewestRounds);
  }
  return all;
}

int exit_code_of(const BenchComparison& comparison) {
  const auto any = [&](BenchVerdict verdict) {
    return std::any_of(comparison.comparisons.begin(), comparison.comparisons.end(),
                       [&](const Comparison& each) { return each.verdict == verdict; });
  };
  if (any(BenchVerdict::regression)) return 1;
  return any(BenchVerdict::inconclusive) ? 3 : 0;
}

}  // namespace bottle
