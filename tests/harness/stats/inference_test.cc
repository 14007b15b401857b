#include "harness/stats/inference.h"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/stats/random.h"

namespace bottle {
namespace {

double uniform(Random& random) { return (static_cast<double>(random.next() >> 11) + 0.5) / 9007199254740992.0; }

// Skewed, with a heavy tail; its median is 1.
double skewed(Random& random) { return std::exp(0.6 * std::log(-std::log(uniform(random)) / std::log(2.0))); }

Samples skewed(Random& random, std::size_t count) {
  Samples samples;
  for (std::size_t i = 0; i < count; ++i) samples.push_back(skewed(random));
  return samples;
}

double coverage(double confidence, std::size_t samples) {
  constexpr int kTrials = 2'000;
  Random random(20261121);
  int covered = 0;
  for (int i = 0; i < kTrials; ++i) {
    const Interval interval = bootstrap_median(skewed(random, samples), confidence, random.next(), 999);
    if (interval.low <= 1 && 1 <= interval.high) ++covered;
  }
  return covered / static_cast<double>(kTrials);
}

TEST(Inference, TheIntervalOfTheMedianHoldsItAsOftenAsItSays) {
  EXPECT_NEAR(coverage(0.99, 30), 0.99, 0.01);
  EXPECT_NEAR(coverage(0.95, 30), 0.95, 0.02);
}

TEST(Inference, FewSamplesHaveNoInterval) {
  EXPECT_TRUE(std::isnan(bootstrap_median({}, 0.99, 1).low));
  EXPECT_TRUE(std::isnan(bootstrap_median({4}, 0.99, 1).high));
  const Interval two = bootstrap_median({4, 6}, 0.99, 1);
  EXPECT_EQ(two.low, 4);
  EXPECT_EQ(two.high, 6);
}

TEST(Inference, TheOrderOfTheSamplesAndTheSeedDoWhatTheyShould) {
  Random random(3);
  Samples samples = skewed(random, 40);
  const Interval one = bootstrap_median(samples, 0.95, 5);
  random.shuffle(samples);
  const Interval other = bootstrap_median(samples, 0.95, 5);
  EXPECT_EQ(one.low, other.low);
  EXPECT_EQ(one.high, other.high);
  // Few resamples: the ends of many are the same few samples whatever is drawn.
  const Interval few = bootstrap_median(samples, 0.95, 5, 20), others = bootstrap_median(samples, 0.95, 6, 20);
  EXPECT_TRUE(few.low != others.low || few.high != others.high);
}

// How often one of the tests calls two draws from the same samples different, at 5 %.
template <class Test>
double false_alarms(Test test) {
  constexpr int kTrials = 1'000;
  Random random(11);
  int alarms = 0;
  for (int i = 0; i < kTrials; ++i)
    if (test(skewed(random, 20), skewed(random, 25), random.next()) <= 0.05) ++alarms;
  return alarms / static_cast<double>(kTrials);
}

TEST(Inference, WhatIsAlikeIsCalledDifferentNoMoreOftenThanPromised) {
  EXPECT_NEAR(false_alarms([](const Samples& a, const Samples& b, std::uint64_t) { return mann_whitney(a, b).p; }),
              0.05, 0.02);
  EXPECT_NEAR(false_alarms([](const Samples& a, const Samples& b, std::uint64_t seed) {
                return permutation_p(a, b, seed, 199);
              }),
              0.05, 0.02);
  EXPECT_NEAR(false_alarms([](const Samples& a, const Samples&, std::uint64_t seed) {
                Samples logs;
                for (const double sample : a) logs.push_back(std::log(sample));
                return bootstrap_p(logs, seed, 999);
              }),
              0.05, 0.025);
}

TEST(Inference, WhatIsApartIsSeen) {
  Random random(12);
  const Samples a = skewed(random, 30);
  Samples b = skewed(random, 30), logs;
  for (double& sample : b) sample *= 3;
  for (const double sample : b) logs.push_back(std::log(sample));
  EXPECT_LT(mann_whitney(a, b).p, 1e-4);
  EXPECT_LE(permutation_p(a, b, 1), 1e-3);
  EXPECT_LE(bootstrap_p(logs, 1), 1e-3);
}

TEST(Inference, NothingToCompareIsNoDifference) {
  EXPECT_EQ(mann_whitney({}, {1}).p, 1);
  EXPECT_EQ(mann_whitney({2, 2}, {2, 2, 2}).p, 1);
  EXPECT_EQ(permutation_p({}, {1}, 1), 1);
  EXPECT_EQ(bootstrap_p({}, 1), 1);
  EXPECT_EQ(bootstrap_p({0, 0, 0}, 1), 1);
}

TEST(Inference, HolmMultipliesTheLeastMostAndKeepsTheOrder) {
  const Samples corrected = holm({0.01, 0.04, 0.03, 0.9});
  EXPECT_DOUBLE_EQ(corrected[0], 0.04);
  EXPECT_DOUBLE_EQ(corrected[2], 0.09);
  EXPECT_DOUBLE_EQ(corrected[1], 0.09);  // 2 * 0.04 is under the one before it
  EXPECT_DOUBLE_EQ(corrected[3], 0.9);
  EXPECT_DOUBLE_EQ(holm({0.7, 0.8})[0], 1);
}

}  // namespace
}  // namespace bottle
