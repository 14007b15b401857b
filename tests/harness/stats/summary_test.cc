#include "harness/stats/summary.h"

#include <gtest/gtest.h>

#include <cmath>

namespace bottle {
namespace {

Samples counted(std::size_t count) {
  Samples samples;
  for (std::size_t i = 0; i < count; ++i) samples.push_back(static_cast<double>(i * 37 % count));
  return samples;
}

TEST(Summary, OfNothingIsNoNumber) {
  const Summary summary = summarise({});
  EXPECT_EQ(summary.count, 0u);
  EXPECT_TRUE(std::isnan(summary.median));
  EXPECT_TRUE(std::isnan(summary.least));
  EXPECT_FALSE(summary.p90);
}

TEST(Summary, APercentileIsThereOnlyWhereTheSamplesSupportIt) {
  EXPECT_FALSE(summarise(counted(9)).p90);
  EXPECT_TRUE(summarise(counted(10)).p90);
  EXPECT_FALSE(summarise(counted(19)).p95);
  EXPECT_TRUE(summarise(counted(20)).p95);
  EXPECT_FALSE(summarise(counted(99)).p99);
  EXPECT_TRUE(summarise(counted(100)).p99);
}

TEST(Summary, OutliersAreCountedAndNotRemoved) {
  const Samples samples = {10, 11, 9, 10, 12, 500};
  const Summary summary = summarise(samples);
  EXPECT_EQ(summary.outliers, 1u);
  EXPECT_EQ(summary.count, 6u);
  EXPECT_EQ(summary.most, 500);
  EXPECT_EQ(summary.median, 10.5);
  EXPECT_EQ(summarise({5, 5, 5, 900}).outliers, 0u);  // no deviation to measure with
}

}  // namespace
}  // namespace bottle
