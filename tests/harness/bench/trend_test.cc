#include "harness/bench/trend.h"

#include <gtest/gtest.h>

#include "harness/stats/random.h"
#include "tests/harness/bench/make_session.h"

namespace bottle {
namespace {

BenchSession session_of(Random& random, double ratio) {
  std::vector<std::int64_t> native, walls;
  for (int i = 0; i < 12; ++i) {
    native.push_back(1'000'000 + static_cast<std::int64_t>(random.below(300'000)));
    walls.push_back(static_cast<std::int64_t>(static_cast<double>(native.back()) * ratio));
    walls.back() += static_cast<std::int64_t>(random.below(300'000));
  }
  return make_session({make_contender("native", native), make_contender("walls", walls)});
}

TEST(BenchTrend, AStepIsFoundAtTheSessionThatBroughtIt) {
  Random random(1);
  std::vector<BenchSession> history;
  for (int i = 0; i < 30; ++i) history.push_back(session_of(random, i < 18 ? 5 : 6.5));
  history[3].interrupted = true;  // not in the trend, so that indices differ
  const Trend trend = trend_of(history, "walls");
  ASSERT_EQ(trend.ratios.size(), 29u);
  ASSERT_EQ(trend.changes.size(), 1u);
  EXPECT_EQ(trend.sessions[trend.changes[0].at], 18u);
  EXPECT_NEAR(trend.changes[0].after / trend.changes[0].before, 1.3, 0.05);
}

TEST(BenchTrend, OnlySessionsLikeTheLastAreInIt) {
  Random random(2);
  std::vector<BenchSession> history;
  for (int i = 0; i < 6; ++i) history.push_back(session_of(random, 5));
  history[0].fingerprint["cpu"] = "another";
  EXPECT_EQ(trend_of(history, "walls").ratios.size(), 5u);
  EXPECT_TRUE(trend_of(history, "native").ratios.empty());
  EXPECT_TRUE(trend_of(history, "docker").ratios.empty());
  EXPECT_TRUE(trend_of({}, "walls").ratios.empty());
}

}  // namespace
}  // namespace bottle
