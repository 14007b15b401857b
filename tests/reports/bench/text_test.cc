#include "reports/bench/text.h"

#include <gmock/gmock.h>

#include <sstream>

#include "reports/bench/warnings.h"
#include "reports/columns.h"
#include "sessions.h"

namespace bottle {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

std::string text_of(const BenchReport& report, const ConsoleStyle& style = {}) {
  std::ostringstream out;
  write_bench(report, out, style);
  return out.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(BenchText, EachContenderHasALineWithItsFigures) {
  const BenchReport report = sample_report("typical");
  const std::string text = text_of(report);
  EXPECT_THAT(text, ContainsRegex("\nnamespaces +4[0-9]\\.[0-9] +[0-9.]+-[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+ "
                                  "+[0-9.]+-[0-9.]+ +[0-9.]+ +20\\.7 +30 +0\n"));
  EXPECT_THAT(text, ContainsRegex("\ndocker:runtime=runsc\\.\\. [^\n]* 27 +3\n"));
}

TEST(BenchText, WhatIsMissingIsADashAndNeverNought) {
  const auto lines = lines_of(text_of(sample_report("typical")));
  const auto phases = std::find_if(lines.begin(), lines.end(), [](const auto& l) { return l.starts_with("phases"); });
  ASSERT_LT(phases + 1, lines.end());
  // native: no prepare, no start, no warm exec
  EXPECT_THAT(*(phases + 1), ContainsRegex("^native +- +0\\.[0-9]+ +- +0\\.[0-9]+ +0\\.[0-9]+ +- +0\\.[0-9]+$"));
  const auto nothing = lines_of(text_of(sample_report("no-samples")));
  EXPECT_TRUE(std::any_of(nothing.begin(), nothing.end(), [](const auto& line) {
    return std::string_view(line).starts_with("native   ") && line.find("-     -") != std::string::npos;
  }));
}

TEST(BenchText, PercentilesStandOnlyWhereTheSamplesSupportThem) {
  BenchReport report = sample_report("one-sample");
  EXPECT_THAT(text_of(report), ContainsRegex("\nnative +0\\.[0-9]+ +- +- +- +- +- "));
}

TEST(BenchText, EightyColumnsAreEnough) {
  for (const auto& [name, report] : sample_reports()) {
    auto lines = lines_of(text_of(report, {.width = 80}));
    lines.pop_back();  // the sentence that -q shows is one line, whatever its length
    for (const std::string& line : lines) EXPECT_LE(columns_of(line), 80u) << name << ": " << line;
  }
}

TEST(BenchText, QuietIsTheLastLineAlone) {
  for (const auto& [name, report] : sample_reports()) {
    EXPECT_EQ(text_of(report, {.quiet = true}), lines_of(text_of(report)).back() + "\n") << name;
  }
}

TEST(BenchText, TheLastLineDoesNotCallAFailureAMeasurement) {
  const ConsoleStyle quiet{.quiet = true};
  EXPECT_THAT(text_of(sample_report("typical"), quiet),
              AllOf(testing::StartsWith("MEASURED  native "), HasSubstr("; 3 samples failed  (30 rounds, 42 s)")));
  EXPECT_THAT(text_of(sample_report("failures-only"), quiet), testing::StartsWith("NOT MEASURED  native not measured"));
  EXPECT_THAT(text_of(sample_report("no-samples"), quiet), testing::StartsWith("INTERRUPTED  "));
  EXPECT_THAT(text_of(sample_report("everything"), quiet), testing::StartsWith("OVER BUDGET (bubblewrap)  "));
}

TEST(BenchText, FailuresAreGroupedByTheirReasonsTheMostFrequentFirst) {
  EXPECT_THAT(text_of(sample_report("typical"), {.width = 200}),
              HasSubstr("3 of 30 samples failed: 2 times: did not start within 30 s; left a container behind"));
  EXPECT_THAT(text_of(sample_report("failures-only"), {.width = 200}),
              HasSubstr("8 of 8 samples failed: the engine is not there\n"));
}

TEST(BenchText, ManyReasonsAreCounted) {
  BenchSession session = sample_session("typical");
  for (BenchSample& sample : session.contenders[1].samples) sample.problem = "problem " + std::to_string(sample.round);
  EXPECT_THAT(text_of(bench_report(session), {.width = 300}), HasSubstr("; and 25 more reasons"));
}

TEST(BenchText, OutliersAreCountedAndASlowFirstSampleIsNamed) {
  const std::string text = text_of(sample_report("typical"), {.width = 200});
  EXPECT_THAT(text, HasSubstr("1 sample is far off the others (the slowest took 190 ms); it is kept"));
  EXPECT_THAT(text, HasSubstr("the first counted sample was slow (190 ms against a median of 8.12 ms)"));
  EXPECT_THAT(text_of(sample_report("burst"), {.width = 200}), Not(HasSubstr("first counted sample")));
}

TEST(BenchText, ASessionThatIsTooNoisyOrHasNoControlSaysSo) {
  EXPECT_THAT(text_of(sample_report("no-native"), {.width = 200}), HasSubstr("there is no native control"));
  BenchSession session = sample_session("burst");
  session.noise.steal = 7.5;
  EXPECT_THAT(text_of(bench_report(session), {.width = 200}), HasSubstr("7.5 %"));
}

TEST(BenchText, TheModeIsNamed) {
  EXPECT_THAT(text_of(sample_report("burst")), HasSubstr("12 rounds, 3 bottles at once; seed 5"));
  BenchSession session = sample_session("burst");
  session.mode = BenchMode::staggered;
  session.gap = 20'000'000;
  session.rounds = 50;
  EXPECT_EQ(rounds_sentence(session), "12 of 50 rounds, one bottle every 20.0 ms");
}

TEST(BenchText, VerdictsStandAboveTheWarnings) {
  const std::string text = text_of(sample_report("everything"), {.width = 300});
  EXPECT_THAT(text, ContainsRegex("\nover budget   bubblewrap: [^\n]*over its budget of 1"));
  EXPECT_THAT(text, ContainsRegex("\nnote          the budget for <nobody> was not checked"));
  EXPECT_THAT(text, ContainsRegex("\nimproved      cold start: [^\n]*Mann-Whitney p "));
}

}  // namespace
}  // namespace bottle
