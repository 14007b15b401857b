// Against numpy and scipy, and a plain second writing of what draws numbers: golden.json, which make_golden.py writes.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/stats/inference.h"
#include "harness/stats/random.h"
#include "harness/stats/summary.h"

namespace bottle {
namespace {

nlohmann::json golden() {
  std::ifstream file(BOTTLE_SOURCE_DIR "/tests/harness/stats/golden.json");
  return nlohmann::json::parse(file);
}

void expect_close(double ours, double theirs) {
  EXPECT_NEAR(ours, theirs, 1e-12 * std::max(1.0, std::abs(theirs)));  // of large figures relative
}

TEST(Golden, QuantilesAndTheMedianDeviationAreNumpysAndScipys) {
  const auto sets = golden().at("samples");
  ASSERT_EQ(sets.size(), 7u);
  for (const auto& set : sets) {
    SCOPED_TRACE(set.at("name"));
    const Samples samples = set.at("samples");
    for (const auto& quantile_of : set.at("quantiles")) expect_close(quantile(samples, quantile_of[0]), quantile_of[1]);
    expect_close(median_absolute_deviation(samples), set.at("mad"));
  }
}

TEST(Golden, MannWhitneyIsScipys) {
  const auto pairs = golden().at("pairs");
  ASSERT_EQ(pairs.size(), 6u);
  for (const auto& pair : pairs) {
    SCOPED_TRACE(pair.at("name"));
    const MannWhitney ours = mann_whitney(pair.at("a"), pair.at("b"));
    const double p = pair.at("p");
    expect_close(ours.u, pair.at("u"));
    EXPECT_NEAR(ours.p, p, 1e-12 * p);
  }
}

TEST(Golden, ResamplesAreThoseOfThePlainWay) {
  int compared = 0;
  const auto sets = golden().at("samples");
  for (const auto& set : sets) {
    if (set.at("bootstrap").is_null()) continue;
    SCOPED_TRACE(set.at("name"));
    const Interval ours = bootstrap_median(set.at("samples"), 0.95, 42, 500);
    expect_close(ours.low, set.at("bootstrap")[0]);
    expect_close(ours.high, set.at("bootstrap")[1]);
    ++compared;
  }
  EXPECT_EQ(compared, 6);
}

TEST(Golden, PermutationsAreThoseOfThePlainWay) {
  const auto pairs = golden().at("pairs");
  ASSERT_EQ(pairs.size(), 6u);
  for (const auto& pair : pairs) {
    SCOPED_TRACE(pair.at("name"));
    EXPECT_DOUBLE_EQ(permutation_p(pair.at("a"), pair.at("b"), 42, 500), pair.at("permutation"));
  }
}

TEST(Golden, DrawsBelowABoundAreThoseOfThePlainWay) {
  const auto draws = golden().at("below");
  Random random(7);
  ASSERT_EQ(draws.size(), 21u);
  for (const auto& draw : draws) EXPECT_EQ(random.below(draw[0]), draw[1].get<std::uint64_t>()) << draw[0];
}

}  // namespace
}  // namespace bottle
