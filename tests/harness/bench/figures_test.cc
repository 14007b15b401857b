#include "harness/bench/figures.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/harness/bench/make_session.h"

namespace bottle {
namespace {

BenchSession ten_rounds() {
  std::vector<std::int64_t> control, walls;
  for (int i = 0; i < 10; ++i) {
    control.push_back(1000 + 400 * (i % 3));
    walls.push_back(3 * control.back());
  }
  return make_session({make_contender("native", control), make_contender("namespaces", walls)});
}

TEST(BenchFigures, NoiseThatHitsBothInARoundCancelsOut) {
  const BenchSession session = ten_rounds();
  const BenchFigures figures = figures_of(session.contenders[1], session);
  ASSERT_TRUE(figures.ratio);
  EXPECT_NEAR(figures.ratio->estimate, 3, 1e-12);
  EXPECT_NEAR(figures.ratio->interval.low, 3, 1e-12);
  EXPECT_NEAR(figures.ratio->interval.high, 3, 1e-12);
  EXPECT_EQ(figures.ratio->rounds, 10u);
  EXPECT_FALSE(figures_of(session.contenders[0], session).ratio);
}

TEST(BenchFigures, WarmUpsAndFailuresAreInNoFigureButFailuresAreCounted) {
  BenchSession session = ten_rounds();
  BenchContender& walls = session.contenders[1];
  walls.samples[0].warm_up = true;
  walls.samples[0].cold_start = 1'000'000;
  walls.samples[1].problem = "it hung";
  walls.samples[1].cold_start = 2'000'000;
  const BenchFigures figures = figures_of(walls, session);
  EXPECT_EQ(figures.samples, 9u);
  EXPECT_EQ(figures.failed, 1u);
  EXPECT_EQ(figures.cold_start.count, 8u);
  EXPECT_LT(figures.cold_start.most, 10'000);
  EXPECT_EQ(figures.ratio->rounds, 8u);
}

TEST(BenchFigures, APhaseThatIsMissingCountsNothing) {
  const BenchSession session = ten_rounds();
  const BenchFigures figures = figures_of(session.contenders[1], session);
  ASSERT_EQ(figures.phases.size(), kBenchPhases.size());
  EXPECT_EQ(figures.phases[0].summary.count, 0u);
  EXPECT_TRUE(std::isnan(figures.phases[0].summary.median));
  EXPECT_EQ(figures.phases[1].phase, BenchPhase::create);
  EXPECT_EQ(figures.phases[1].summary.count, 10u);
  EXPECT_FALSE(figures.cpu);
  EXPECT_FALSE(figures.peak_bytes);
}

TEST(BenchFigures, ABurstIsOneRoundByItsMedian) {
  BenchSession session = make_session({make_contender("native", {}), make_contender("namespaces", {})});
  for (int round = 0; round < 8; ++round) {
    for (const std::int64_t each : {100, 200, 900}) {
      session.contenders[0].samples.push_back(make_sample(round, each));
      session.contenders[1].samples.push_back(make_sample(round, each * 2));
    }
  }
  const auto ratio = paired_ratio(session.contenders[1], session.contenders[0], 0.99, 1);
  ASSERT_TRUE(ratio);
  EXPECT_EQ(ratio->rounds, 8u);
  EXPECT_NEAR(ratio->estimate, 2, 1e-12);
}

TEST(BenchFigures, TooFewRoundsGiveNoInterval) {
  const auto rounds = [](int count) {
    const std::vector<std::int64_t> each(static_cast<std::size_t>(count), 500);
    return make_session({make_contender("native", each), make_contender("namespaces", each)});
  };
  const BenchSession seven = rounds(7), eight = rounds(8);
  EXPECT_FALSE(paired_ratio(seven.contenders[1], seven.contenders[0], 0.99, 1));
  EXPECT_TRUE(paired_ratio(seven.contenders[1], seven.contenders[0], 0.95, 1));
  EXPECT_TRUE(paired_ratio(eight.contenders[1], eight.contenders[0], 0.99, 1));
}

TEST(BenchFigures, RoundsThatOnlyOneSideHasAreLeftOut) {
  BenchSession session = ten_rounds();
  session.contenders[0].samples[4].cold_start = std::nullopt;
  session.contenders[1].samples[7].problem = "it hung";
  EXPECT_EQ(log_ratios(session.contenders[1], {}, session.contenders[0], {}).size(), 8u);
}

TEST(BenchFigures, APhaseCanBeComparedWithAnotherMeasure) {
  const BenchSession session = ten_rounds();
  const Samples logs = log_ratios(session.contenders[1], BenchPhase::create, session.contenders[0], std::nullopt);
  ASSERT_EQ(logs.size(), 10u);
  EXPECT_NEAR(std::exp(logs[0]), 1.5, 1e-12);
}

TEST(BenchFigures, ARatioIsWrittenAsPeopleWriteIt) {
  EXPECT_EQ(times_text(0.9812), "0.981");
  EXPECT_EQ(times_text(12.34), "12.3");
  EXPECT_EQ(times_text(1350.4), "1350");
}

}  // namespace
}  // namespace bottle
