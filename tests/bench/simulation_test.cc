// The table of bench-simulation, small: what the check owes on noise like that which was measured, with a fixed seed.
#include <gtest/gtest.h>

#include "tests/bench/simulation/simulation.h"

namespace bottle::simulation {
namespace {

Setting small() { return {.sessions = 40, .slower = {1.5}}; }

Outcome outcome_of(const NoiseSource& noise, const Rule& rule) { return simulate(noise, {rule}, small()).at(0); }

TEST(Simulation, WhatDidNotChangeIsNotCalledSlower) {
  EXPECT_LE(outcome_of(quiet_model(), {}).false_regression, 0.05);
  EXPECT_LE(outcome_of(loaded_model(), {}).false_regression, 0.05);
}

TEST(Simulation, APhaseThatTakesHalfAsLongAgainIsFound) {
  const Outcome outcome = outcome_of(quiet_model(), {});
  for (const BenchPhase phase : kBenchPhases)
    EXPECT_GE(outcome.found[0][static_cast<std::size_t>(phase)], 0.85) << name_of(phase);
}

// Without it the two above could pass on noise that is none.
TEST(Simulation, OneSessionAloneWouldCryWolf) {
  const Rule hasty{.name = "one session", .limits = {.suspicion = 1}, .confirmed = false};
  EXPECT_GE(outcome_of(quiet_model(), hasty).false_regression, 0.05);
}

TEST(Simulation, TheModelsAreLikeWhatWasMeasured) {
  const Character quiet = character_of(quiet_model(), {.sessions = 200});
  EXPECT_NEAR(quiet.native_mad, 0.22, 0.05);
  EXPECT_NEAR(quiet.between_raw, 0.16, 0.06);
  EXPECT_GE(quiet.between_ratio, 0.05);
  const Character loaded = character_of(loaded_model(), {.sessions = 200});
  EXPECT_GE(loaded.between_ratio, 0.10);
  EXPECT_GT(loaded.native_lag, quiet.native_lag);
}

TEST(Simulation, ResampledRoundsAreThoseThatWereRecorded) {
  Random random(1);
  const BenchSession recorded = quiet_model().draw(random, 40);
  const BenchSession drawn = resampled("recorded", {recorded}).draw(random, 60);
  ASSERT_EQ(drawn.contenders[1].samples.size(), 60u);
  for (std::size_t i = 0; i < 60; ++i) {
    bool together = false;  // the control's sample and the contender's come from one round
    for (std::size_t at = 0; at < 40; ++at)
      together =
          together || (drawn.contenders[0].samples[i].cold_start == recorded.contenders[0].samples[at].cold_start &&
                       drawn.contenders[1].samples[i].cold_start == recorded.contenders[1].samples[at].cold_start);
    EXPECT_TRUE(together) << i;
    EXPECT_EQ(drawn.contenders[1].samples[i].round, static_cast<int>(i));
  }
}

}  // namespace
}  // namespace bottle::simulation
