#include "reports/bench/verdicts.h"

#include <gmock/gmock.h>

#include <sstream>

namespace bottle {
namespace {

using testing::HasSubstr;

BenchCheck check_of(std::vector<BenchVerdict> verdicts) {
  BenchCheck check;
  for (const BenchVerdict verdict : verdicts)
    check.contenders.push_back({.contender = "c" + std::to_string(check.contenders.size()), .verdict = verdict});
  return check;
}

TEST(BenchVerdicts, TheWorstIsTheHeadlineAndNamesOfWhom) {
  using enum BenchVerdict;
  EXPECT_EQ(headline_of(check_of({ok, regression, improved, regression})).verdict, "REGRESSION");
  EXPECT_EQ(headline_of(check_of({ok, regression, improved, regression})).about, "c1, c3");
  EXPECT_EQ(headline_of(check_of({ok, inconclusive})).verdict, "INCONCLUSIVE");
  EXPECT_EQ(headline_of(check_of({inconclusive, over_budget})).verdict, "OVER BUDGET");
  EXPECT_EQ(headline_of(check_of({ok, suspected})).verdict, "SUSPECTED");
  EXPECT_EQ(headline_of(check_of({ok, ok})).tone, Tone::good);
}

TEST(BenchVerdicts, NothingComparedIsNoPass) {
  EXPECT_EQ(headline_of(BenchCheck{}).verdict, "NOTHING COMPARED");
  EXPECT_EQ(headline_of(BenchComparison{}).tone, Tone::doubt);
}

TEST(BenchVerdicts, OnlyWhatIsFineIsGreen) {
  using enum BenchVerdict;
  for (const BenchVerdict verdict : {no_baseline, inconclusive, suspected, regression, over_budget})
    EXPECT_NE(sentences_of(check_of({verdict})).at(0).tone, Tone::good) << name_of(verdict);
  for (const BenchVerdict verdict : {ok, improved})
    EXPECT_EQ(sentences_of(check_of({verdict})).at(0).tone, Tone::good) << name_of(verdict);
}

TEST(BenchVerdicts, NotesAreSaidToo) {
  BenchCheck check = check_of({BenchVerdict::ok});
  check.notes = {"a budget names nobody"};
  EXPECT_EQ(sentences_of(check).at(1).text, "a budget names nobody");
}

TEST(BenchVerdicts, AComparisonHasItsNumbersAndOfFilesNoInterval) {
  BenchComparison comparison{.a = "old", .b = "new"};
  comparison.comparisons = {
      {"judge", BenchVerdict::regression, "it is 20 % slower", 1.2, Interval{1.1, 1.3}, 0.00001, 20, 21},
      {"decode", BenchVerdict::ok, "no change", 1.0, std::nullopt, 0.5, 9, 9}};
  comparison.notes = {"only new has render"};
  std::ostringstream out;
  write_comparison(comparison, out, {.width = 200});
  EXPECT_THAT(out.str(), HasSubstr("new against old\n"));
  EXPECT_THAT(out.str(), HasSubstr("judge: it is 20 % slower (ratio 1.20, 99 % 1.10-1.30; Mann-Whitney p < 0.0001, 20 "
                                   "and 21 samples)"));
  EXPECT_THAT(out.str(), HasSubstr("decode: no change (ratio 1.00; Mann-Whitney p 0.5000, 9 and 9 samples)"));
  EXPECT_THAT(out.str(), HasSubstr("only new has render"));
  EXPECT_THAT(out.str(), testing::EndsWith("\nREGRESSION  judge\n"));
}

}  // namespace
}  // namespace bottle
