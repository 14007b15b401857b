#include "harness/stats/change_points.h"

#include <gtest/gtest.h>

#include "harness/stats/random.h"

namespace bottle {
namespace {

double noise(Random& random) { return 0.96 + 0.08 * static_cast<double>(random.below(1000)) / 1000; }

Samples series(Random& random, const std::vector<std::pair<int, double>>& levels) {
  Samples samples;
  for (const auto& [count, level] : levels)
    for (int i = 0; i < count; ++i) samples.push_back(level * noise(random));
  return samples;
}

TEST(ChangePoints, OneStepIsFoundWhereItIs) {
  Random random(1);
  const auto points = change_points(series(random, {{20, 10}, {15, 12}}), 3);
  ASSERT_EQ(points.size(), 1u);
  EXPECT_EQ(points[0].at, 20u);
  EXPECT_NEAR(points[0].before, 10, 0.3);
  EXPECT_NEAR(points[0].after, 12, 0.3);
  EXPECT_LE(points[0].p, 0.001);
}

TEST(ChangePoints, ALevelThatComesAndGoesIsTwo) {
  Random random(2);
  const auto points = change_points(series(random, {{20, 10}, {10, 14}, {20, 10}}), 3);
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[0].at, 20u);
  EXPECT_EQ(points[1].at, 30u);
}

TEST(ChangePoints, NoiseAloneHasNone) {
  Random random(4);
  int found = 0;
  for (int i = 0; i < 100; ++i)
    found += static_cast<int>(change_points(series(random, {{40, 10}}), random.next()).size());
  EXPECT_LE(found, 2);  // 0.1 % each, and most are under 5 %
}

TEST(ChangePoints, AStepThatIsTooSmallIsNotTold) {
  Random random(5);
  const Samples small = series(random, {{40, 10}, {40, 10.4}});
  EXPECT_TRUE(change_points(small, 3).empty());
  ChangePointLimits limits;
  limits.magnitude = 0.02;
  EXPECT_EQ(change_points(small, 3, limits).size(), 1u);
}

TEST(ChangePoints, AFewSessionsAreNoLevel) {
  Random random(6);
  EXPECT_TRUE(change_points({}, 1).empty());
  EXPECT_TRUE(change_points({1}, 1).empty());
  EXPECT_TRUE(change_points(series(random, {{4, 10}, {4, 20}}), 1).empty());
  EXPECT_TRUE(change_points(series(random, {{20, 10}, {1, 90}, {20, 10}}), 1).empty());
}

TEST(ChangePoints, TheSameSeedFindsTheSame) {
  Random random(7);
  const Samples samples = series(random, {{15, 10}, {15, 11}, {15, 12}});
  const auto one = change_points(samples, 3), other = change_points(samples, 3);
  ASSERT_EQ(one.size(), 2u);
  ASSERT_EQ(other.size(), 2u);
  EXPECT_EQ(one[1].at, other[1].at);
  EXPECT_EQ(one[1].p, other[1].p);
}

}  // namespace
}  // namespace bottle
