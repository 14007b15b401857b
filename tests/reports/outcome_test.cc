#include "reports/outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "files.h"

namespace bottle {
namespace {

using testing::HasSubstr;

TEST(Outcome, HeldOnlyWhenTheExitCodeIsZero) {
  EXPECT_EQ(outcome_of(fixture_record("all-contained")).headline, "HELD");
  EXPECT_EQ(outcome_of(fixture_record("mixed")).headline, "LEAKED");
  EXPECT_EQ(outcome_of(fixture_record("cut-short")).headline, "NOT PROVEN");
  EXPECT_EQ(outcome_of(fixture_record("empty")).headline, "NOT PROVEN");
  EXPECT_EQ(outcome_of(RunRecord{}).headline, "NOT PROVEN");
}

TEST(Outcome, AnExitCodeThatNoFindingExplainsIsNotHeld) {
  RunRecord record = fixture_record("all-contained");
  record.exit_code = 70;
  EXPECT_EQ(outcome_of(record).headline, "NOT PROVEN");
  EXPECT_EQ(outcome_of(record).code, 70);
}

TEST(Outcome, ACutShortRunSaysSoAlsoWhenSomethingLeaked) {
  RunRecord record = fixture_record("mixed");
  record.complete = false;
  EXPECT_EQ(outcome_of(record).headline, "LEAKED");
  EXPECT_THAT(outcome_of(record).sentence, HasSubstr("cut short"));
  record.interrupted = true;
  EXPECT_EQ(outcome_of(record).code, 130);
  EXPECT_THAT(outcome_of(record).sentence, HasSubstr("interrupted"));
}

TEST(Outcome, NothingButNotApplicableIsNotProven) {
  RunRecord record = fixture_record("mixed");
  std::erase_if(record.findings, [](const Finding& f) { return f.verdict != Verdict::not_applicable; });
  ASSERT_EQ(record.findings.size(), 3u);
  EXPECT_EQ(outcome_of(record).headline, "NOT PROVEN");
  EXPECT_THAT(outcome_of(record).sentence, HasSubstr("nothing was tried"));
}

TEST(Outcome, DurationsArePeoplesAndSecondsAreMachines) {
  EXPECT_EQ(duration(0), "0 ms");
  EXPECT_EQ(duration(12'400'000), "12 ms");
  EXPECT_EQ(duration(99'499'999), "99 ms");
  EXPECT_EQ(duration(99'500'000), "0.10 s");
  EXPECT_EQ(duration(712'000'000), "0.71 s");
  EXPECT_EQ(duration(95'000'000'000), "95 s");
  EXPECT_EQ(seconds(12'400'000), "0.012");
  EXPECT_EQ(seconds(-1), "0.000");
}

}  // namespace
}  // namespace bottle
