#include <algorithm>
#include <cmath>

#include "harness/bench/check.h"
#include "harness/bench/figures.h"
#include "harness/bench/noise.h"

namespace bottle {
namespace {

bool alike(const BenchSession& a, const BenchSession& b) {
  return a.fingerprint == b.fingerprint && a.mode == b.mode && a.at_once == b.at_once && a.gap == b.gap;
}

Level level_of(const Samples& ratios, double slack, double spread) {
  const double middle = median(ratios);
  return {.ratio = middle,
          .slack = std::max(slack, spread * median_absolute_deviation(ratios) / middle),
          .sessions = ratios.size()};
}

// The latest first.
Samples ratios_before(const std::vector<const BenchSession*>& sessions, const std::string& name,
                      const BenchMetric& metric, std::size_t most) {
  Samples ratios;
  for (auto at = sessions.rbegin(); at != sessions.rend() && ratios.size() < most; ++at) {
    const BenchContender* contender = find_contender(**at, name);
    if (contender == nullptr || !too_broken(*contender).empty()) continue;
    if (const auto ratio = ratio_to_native(**at, *contender, metric)) ratios.push_back(*ratio);
  }
  return ratios;
}

}  // namespace

std::optional<double> ratio_to_native(const BenchSession& session, const BenchContender& contender,
                                      const BenchMetric& metric) {
  const BenchContender* native = find_contender(session, kNative);
  if (native == nullptr || native == &contender) return std::nullopt;
  const Samples logs = log_ratios(contender, metric, *native, std::nullopt);
  if (logs.size() < kFewestRounds) return std::nullopt;
  return std::exp(median(logs));
}

std::vector<const BenchSession*> comparable(const std::vector<BenchSession>& history, const BenchSession& session) {
  std::vector<const BenchSession*> found;
  for (const BenchSession& before : history)
    if (alike(before, session) && !before.interrupted && too_noisy(before).empty()) found.push_back(&before);
  return found;
}

Baseline baseline_of(const std::vector<BenchSession>& history, const BenchSession& session, const CheckLimits& limits) {
  const auto sessions = comparable(history, session);
  Baseline baseline;
  for (const BenchContender& contender : session.contenders) {
    Levels levels;
    for (const BenchMetric& metric : bench_metrics()) {
      const Samples ratios = ratios_before(sessions, contender.name, metric, limits.sessions);
      if (ratios.size() < limits.fewest) continue;
      levels.emplace(metric, metric ? level_of(ratios, limits.phase_slack, limits.phase_spread)
                                    : level_of(ratios, limits.slack, limits.spread));
    }
    if (!levels.empty()) baseline.emplace(contender.name, std::move(levels));
  }
  return baseline;
}

}  // namespace bottle
