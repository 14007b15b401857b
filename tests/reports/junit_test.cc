#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "files.h"

namespace bottle {
namespace {

using testing::HasSubstr;
using testing::Not;

RunRecord only(Verdict verdict) {
  RunRecord record = fixture_record("mixed");
  std::erase_if(record.findings, [&](const Finding& f) { return f.verdict != verdict; });
  EXPECT_FALSE(record.findings.empty());
  return record;
}

TEST(Junit, InconclusiveIsAnErrorAndNeverSkipped) {
  const std::string xml = rendered(only(Verdict::inconclusive), "junit");
  EXPECT_THAT(xml, HasSubstr("<error type=\"inconclusive\""));
  EXPECT_THAT(xml, Not(HasSubstr("<skipped")));
  EXPECT_THAT(xml, HasSubstr("errors=\"3\""));
}

TEST(Junit, LeakedIsAFailureWithTheMessageAsItsFirstLine) {
  RunRecord record = only(Verdict::leaked);
  record.findings[0].reason = "It got out.";
  const std::string xml = rendered(record, "junit");
  EXPECT_THAT(xml, HasSubstr("<failure type=\"leaked\" message=\"It got out.\">It got out.\n"));
}

TEST(Junit, AWaivedLeakIsSkippedWithTheNameOfWhoAnswersForIt) {
  RunRecord record = only(Verdict::leaked);
  const auto leaks = record.findings.size();
  for (Finding& finding : record.findings) finding.waived = Waived{"ada", "issue 12", "2027-01-31"};
  record.findings.push_back(fixture_record("all-contained").findings.front());
  record.exit_code = 0;
  const std::string xml = rendered(record, "junit");
  EXPECT_THAT(xml, HasSubstr("<skipped>leaked, and waived by ada until 2027-01-31: issue 12\n"));
  EXPECT_THAT(xml, HasSubstr("failures=\"0\""));
  EXPECT_THAT(xml, HasSubstr("skipped=\"" + std::to_string(leaks) + "\""));
  EXPECT_THAT(xml, HasSubstr("WAIVED: "));
}

TEST(Junit, NotApplicableIsSkippedWithItsReasonButARunOfNothingElseIsRed) {
  const std::string xml = rendered(only(Verdict::not_applicable), "junit");
  EXPECT_THAT(xml, HasSubstr("<skipped>not applicable: tool missing in the bottle: dig</skipped>"));
  EXPECT_THAT(xml, HasSubstr("classname=\"namespaces.bottle-verify\" name=\"run\" time"));
  EXPECT_THAT(xml, HasSubstr("errors=\"1\""));
}

TEST(Junit, ARunThatWasCutShortOrEmptyIsNeverGreen) {
  for (const char* name : {"cut-short", "empty"}) {
    const std::string xml = rendered(fixture_record(name), "junit");
    EXPECT_THAT(xml, HasSubstr("<error type=\"not-proven\"")) << name;
    EXPECT_THAT(xml, HasSubstr("errors=\"1\"")) << name;
  }
  RunRecord record = fixture_record("all-contained");
  EXPECT_THAT(rendered(record, "junit"), HasSubstr("failures=\"0\" errors=\"0\""));
  EXPECT_THAT(rendered(record, "junit"), Not(HasSubstr("name=\"run\" time")));
  record.interrupted = true;
  EXPECT_THAT(rendered(record, "junit"), HasSubstr("errors=\"1\""));
  record.interrupted = false, record.exit_code = 70;
  EXPECT_THAT(rendered(record, "junit"), HasSubstr("errors=\"1\""));
}

TEST(Junit, TestsAreNamedByBackendCategoryCaseAndVariant) {
  EXPECT_THAT(
      rendered(fixture_record("mixed"), "junit"),
      HasSubstr("<testcase classname=\"namespaces.denied-ip\" name=\"denied-ip.literal[family=6]\" time=\"0.012\">"));
}

}  // namespace
}  // namespace bottle
