#include "harness/bench/trend.h"

#include "harness/bench/check.h"

namespace bottle {

Trend trend_of(const std::vector<BenchSession>& history, std::string_view contender, const ChangePointLimits& limits) {
  constexpr std::uint64_t kSeed = 1;  // the same history has the same change points
  Trend trend;
  if (history.empty()) return trend;
  for (const BenchSession* session : comparable(history, history.back())) {
    const BenchContender* found = find_contender(*session, contender);
    if (found == nullptr) continue;
    if (const auto ratio = ratio_to_native(*session, *found, std::nullopt)) {
      trend.sessions.push_back(static_cast<std::size_t>(session - history.data()));
      trend.ratios.push_back(*ratio);
    }
  }
  trend.changes = change_points(trend.ratios, kSeed, limits);
  return trend;
}

}  // namespace bottle
