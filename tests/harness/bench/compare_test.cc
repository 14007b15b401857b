#include "harness/bench/compare.h"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/stats/random.h"
#include "tests/harness/bench/make_session.h"

namespace bottle {
namespace {

using testing::HasSubstr;

// Native and two others, `a` and `b`; b takes `ratio` times as long as a in the rounds that they share.
BenchSession session_of(double ratio, std::uint64_t seed = 1, int rounds = 30) {
  Random random(seed);
  std::vector<std::int64_t> native, a, b;
  for (int i = 0; i < rounds; ++i) {
    const auto round = static_cast<std::int64_t>(1'000'000 + random.below(500'000));
    native.push_back(round);
    a.push_back(4 * round + static_cast<std::int64_t>(random.below(400'000)));
    b.push_back(static_cast<std::int64_t>(static_cast<double>(4 * round) * ratio) +
                static_cast<std::int64_t>(random.below(400'000)));
  }
  return make_session({make_contender("native", native), make_contender("a", a), make_contender("b", b)});
}

BenchComparison compared(const BenchSession& session, std::string_view a = "a", std::string_view b = "b") {
  auto all = compare_contenders(session, a, b);
  EXPECT_TRUE(all) << all.error().what;
  return all ? *all : BenchComparison{};
}

TEST(BenchCompare, WhatIsSlowerInMostRoundsIsARegression) {
  const BenchComparison all = compared(session_of(1.15));
  ASSERT_EQ(all.comparisons.size(), 3u);  // cold start, create, first exec
  EXPECT_EQ(all.comparisons[0].what, "cold start");
  EXPECT_EQ(all.comparisons[0].verdict, BenchVerdict::regression) << all.comparisons[0].reason;
  EXPECT_NEAR(all.comparisons[0].ratio, 1.14, 0.03);
  EXPECT_THAT(all.comparisons[0].reason, HasSubstr("b's cold start is 1.1"));
  EXPECT_THAT(all.comparisons[0].reason, HasSubstr("Mann-Whitney p"));
  EXPECT_EQ(exit_code_of(all), 1);
}

TEST(BenchCompare, TheOtherWayRoundItIsAnImprovement) {
  const BenchComparison all = compared(session_of(1.15), "b", "a");
  EXPECT_EQ(all.comparisons[0].verdict, BenchVerdict::improved);
  EXPECT_EQ(exit_code_of(all), 0);
}

TEST(BenchCompare, ASureButSmallDifferenceIsNoRegression) {
  const Comparison cold_start = compared(session_of(1.03)).comparisons[0];
  EXPECT_GT(cold_start.interval->low, 1);
  EXPECT_EQ(cold_start.verdict, BenchVerdict::ok);
  EXPECT_THAT(cold_start.reason, HasSubstr("less than 5 %"));
}

TEST(BenchCompare, WhatIsAlikeIsAlmostNeverARegression) {
  int regressions = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) regressions += exit_code_of(compared(session_of(1, seed))) == 1;
  EXPECT_LE(regressions, 1);
}

TEST(BenchCompare, ManyPhasesMustBeSurerThanOne) {
  BenchSession session = session_of(1);
  for (BenchContender& contender : session.contenders) {
    for (BenchSample& sample : contender.samples) {
      for (const BenchPhase phase : kBenchPhases) {
        // Teardown is slower in two of three rounds: sure enough alone, and not as one of eight.
        const bool slower = contender.name == "b" && phase == BenchPhase::teardown && sample.round % 4 != 0;
        sample[phase] = slower ? 1'300'000 : 1'000'000;
        if (contender.name == "b" && phase == BenchPhase::teardown && !slower) sample[phase] = 900'000;
      }
    }
  }
  const BenchComparison among_eight = compared(session);
  ASSERT_EQ(among_eight.comparisons.size(), 8u);
  EXPECT_EQ(among_eight.comparisons[7].verdict, BenchVerdict::ok);
  EXPECT_THAT(among_eight.comparisons[7].reason, HasSubstr("so many comparisons"));
  for (BenchSample& sample : session.contenders[1].samples) {
    const auto teardown = sample[BenchPhase::teardown];
    sample = {.round = sample.round};
    sample[BenchPhase::teardown] = teardown;
  }
  const BenchComparison alone = compared(session);
  ASSERT_EQ(alone.comparisons.size(), 1u);
  EXPECT_EQ(alone.comparisons[0].verdict, BenchVerdict::regression) << alone.comparisons[0].reason;
  EXPECT_THAT(alone.notes, testing::Contains(HasSubstr("only measured on one side")));
}

TEST(BenchCompare, ANoisySessionOrTooFewRoundsSayNothing) {
  BenchSession noisy = session_of(2);
  noisy.noise.steal = 9;
  for (const Comparison& each : compared(noisy).comparisons) EXPECT_EQ(each.verdict, BenchVerdict::inconclusive);
  EXPECT_EQ(exit_code_of(compared(noisy)), 3);
  BenchSession broken = session_of(2);
  for (std::size_t i = 0; i < 3; ++i) broken.contenders[2].samples[i].problem = "it hung";
  EXPECT_THAT(compared(broken).comparisons[0].reason, HasSubstr("b: 3 of its 30 samples failed"));
  BenchSession few = session_of(2);
  few.contenders[2].samples.resize(7);
  EXPECT_EQ(exit_code_of(compared(few)), 3);
}

TEST(BenchCompare, ANameThatIsNotThereIsAMistakeOfTheUsers) {
  const auto all = compare_contenders(session_of(1), "a", "lunch");
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().fault, Fault::usage);
  EXPECT_THAT(all.error().what, HasSubstr("lunch"));
}

nlohmann::json google(const std::string& name, const std::vector<double>& times, const std::string& unit = "ns") {
  nlohmann::json rows = nlohmann::json::array();
  for (const double time : times)
    rows.push_back({{"name", name + "/repeats:9"},
                    {"run_name", name},
                    {"run_type", "iteration"},
                    {"real_time", time},
                    {"cpu_time", 1},
                    {"time_unit", unit}});
  rows.push_back({{"name", name + "_mean"},
                  {"run_name", name},
                  {"run_type", "aggregate"},
                  {"aggregate_name", "mean"},
                  {"real_time", 1e9},
                  {"time_unit", unit}});
  return {{"context", nlohmann::json::object()}, {"benchmarks", rows}};
}

std::vector<double> times(double typical, std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> made;
  for (std::size_t i = 0; i < count; ++i)
    made.push_back(typical * (0.95 + static_cast<double>(random.below(100)) / 1000));
  return made;
}

BenchComparison compared(const nlohmann::json& a, const nlohmann::json& b) {
  auto all = compare_google_benchmark(a.dump(), b.dump());
  EXPECT_TRUE(all) << all.error().what;
  return all ? *all : BenchComparison{};
}

TEST(BenchCompareGoogle, RepetitionsAreSamplesAndUnitsAreHonoured) {
  const BenchComparison all =
      compared(google("judge", times(2000, 12, 1), "us"), google("judge", times(3, 12, 2), "ms"));
  ASSERT_EQ(all.comparisons.size(), 1u);
  EXPECT_EQ(all.comparisons[0].what, "judge");
  EXPECT_NEAR(all.comparisons[0].ratio, 1.5, 0.05);
  EXPECT_EQ(all.comparisons[0].samples_a, 12u);
  EXPECT_EQ(all.comparisons[0].verdict, BenchVerdict::regression) << all.comparisons[0].reason;
  EXPECT_EQ(exit_code_of(all), 1);
}

TEST(BenchCompareGoogle, FasterIsImprovedAndAlikeIsNot) {
  const auto base = google("judge", times(100, 15, 1));
  EXPECT_EQ(compared(base, google("judge", times(50, 15, 2))).comparisons[0].verdict, BenchVerdict::improved);
  EXPECT_EQ(compared(base, google("judge", times(100, 15, 3))).comparisons[0].verdict, BenchVerdict::ok);
  EXPECT_EQ(compared(base, google("judge", times(102.5, 15, 4))).comparisons[0].verdict, BenchVerdict::ok);
}

TEST(BenchCompareGoogle, TooFewRepetitionsAreNoPass) {
  const BenchComparison all = compared(google("judge", {100}), google("judge", {900}));
  EXPECT_EQ(all.comparisons[0].verdict, BenchVerdict::inconclusive);
  EXPECT_THAT(all.comparisons[0].reason, HasSubstr("too few repetitions"));
  EXPECT_EQ(exit_code_of(all), 3);
}

TEST(BenchCompareGoogle, WhatFailedOrIsOnOneSideIsLeftOutAndNoted) {
  auto a = google("judge", times(100, 12, 1)), b = google("judge", times(100, 12, 2));
  b["benchmarks"].push_back({{"name", "decode"}, {"run_name", "decode"}, {"real_time", 5}, {"time_unit", "ns"}});
  b["benchmarks"][0]["error_occurred"] = true;
  b["benchmarks"][0]["real_time"] = 0;
  const BenchComparison all = compared(a, b);
  ASSERT_EQ(all.comparisons.size(), 1u);
  EXPECT_EQ(all.comparisons[0].samples_b, 11u);
  EXPECT_THAT(all.notes, testing::ElementsAre("decode is only in B"));
}

TEST(BenchCompareGoogle, WhatIsNoSuchFileIsRefusedWithTheSideAndTheReason) {
  const std::string good = google("judge", times(100, 12, 1)).dump();
  const auto complaint = [&](const std::string& b) {
    const auto all = compare_google_benchmark(good, b);
    EXPECT_FALSE(all);
    return all ? "" : all.error().what;
  };
  EXPECT_THAT(complaint("{\"benchmarks\": [{\"real_time\": NaN}]}"), HasSubstr("B is no JSON of Google Benchmark's"));
  EXPECT_THAT(complaint("[]"), HasSubstr("benchmarks"));
  EXPECT_THAT(complaint("{\"benchmarks\": [1]}"), HasSubstr("no object"));
  EXPECT_THAT(complaint("{\"benchmarks\": []}"), HasSubstr("no repetition"));
  EXPECT_THAT(complaint(google("judge", {1}, "weeks").dump()), HasSubstr("time_unit"));
  EXPECT_THAT(complaint(google("judge", {0}).dump()), HasSubstr("not over 0"));
  EXPECT_THAT(complaint(google("other", {1}).dump()), HasSubstr("no benchmark in common"));
}

}  // namespace
}  // namespace bottle
