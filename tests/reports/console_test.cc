#include "reports/console.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "files.h"

namespace bottle {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string console(const RunRecord& record, const ConsoleStyle& style = {}) {
  std::ostringstream out;
  write_console(record, out, style);
  return out.str();
}

std::string last_line(const std::string& text) {
  const auto end = text.find_last_of('\n');
  return text.substr(text.find_last_of('\n', end - 1) + 1);
}

TEST(Console, TheLastLineIsTheVerdict) {
  EXPECT_EQ(last_line(console(fixture_record("all-contained"))),
            "HELD  10 attempts contained, each shown to be visible without walls  (0.71 s)\n");
  EXPECT_TRUE(last_line(console(fixture_record("mixed"))).starts_with("LEAKED  4 of "));
  EXPECT_TRUE(last_line(console(fixture_record("cut-short"))).starts_with("NOT PROVEN  "));
  EXPECT_EQ(last_line(console(fixture_record("empty"))), "NOT PROVEN  nothing was attempted  (1 ms)\n");
}

TEST(Console, AWaivedLeakIsShownAsALeakWithWhoAnswersForIt) {
  RunRecord record = fixture_record("mixed");
  std::erase_if(record.findings, [](const Finding& finding) {
    return finding.verdict != Verdict::leaked && finding.verdict != Verdict::contained;
  });
  for (Finding& finding : record.findings)
    if (finding.verdict == Verdict::leaked) finding.waived = Waived{"ada", "issue 12", "2027-01-31"};
  record.exit_code = 0, record.complete = true, record.interrupted = false;
  const std::string text = console(record);
  EXPECT_THAT(text, HasSubstr("LEAKED  "));
  EXPECT_THAT(text, HasSubstr("waived    by ada until 2027-01-31: issue 12"));
  EXPECT_THAT(last_line(text), HasSubstr("WAIVED  4 of "));
  EXPECT_THAT(text, HasSubstr("exit  0: what leaked is waived, all else is contained"));
}

TEST(Console, WhatOfTheLifecycleIsOursIsBesideThePhases) {
  RunRecord record = fixture_record("all-contained");
  EXPECT_THAT(console(record, {.width = 500}), Not(HasSubstr(kBeyondCommands)));
  record.backend_facts[kBeyondCommands] = "31 ms";
  EXPECT_THAT(console(record, {.width = 500}), HasSubstr("; lifecycle beyond commands 31 ms"));
}

TEST(Console, QuietIsTheLastLineAlone) {
  for (const char* name : kRecords) {
    const RunRecord record = fixture_record(name);
    EXPECT_EQ(console(record, {.quiet = true}), last_line(console(record))) << name;
  }
}

TEST(Console, TheTableIsInTheCataloguesOrderAndShowsACategoryThatWasNotTried) {
  RunRecord record = fixture_record("all-contained");
  std::erase_if(record.findings, [](const Finding& f) { return f.category == "git-gate"; });
  const std::string text = console(record);
  EXPECT_LT(text.find("denied-host"), text.find("denied-ip"));
  EXPECT_LT(text.find("dns-exfil"), text.find("git-gate"));
  EXPECT_THAT(text, testing::ContainsRegex("untried  git-gate [ .]+\n"));
}

TEST(Console, VariantsWithTheSameEndAreOneEntry) {
  const std::string text = console(fixture_record("mixed"));
  EXPECT_THAT(text, HasSubstr("likewise  scheme=http,encoding=base64,secret=aws"));
  EXPECT_THAT(text, HasSubstr("dns-exfil.label (2 variants): tool missing in the bottle: dig"));
}

TEST(Console, ManyFindingsAreCutAndCountedUnlessVerbose) {
  RunRecord record = fixture_record("mixed");
  const Finding leak = *std::ranges::find(record.findings, Verdict::leaked, &Finding::verdict);
  record.findings.clear();
  for (int i = 0; i < 30; ++i) {
    record.findings.push_back(leak);
    record.findings.back().reason = "reason " + std::to_string(i);
  }
  EXPECT_THAT(console(record), HasSubstr("18 more findings that are not contained are in the record"));
  EXPECT_THAT(console(record), Not(HasSubstr("reason 12")));
  EXPECT_THAT(console(record, {.verbose = true}), HasSubstr("reason 29"));
}

TEST(Console, LeaksComeBeforeWhatIsNotProven) {
  const std::string text = console(fixture_record("mixed"));
  EXPECT_LT(text.find("\nLEAKED        "), text.find("\nerror         "));
  EXPECT_LT(text.find("\nerror         "), text.find("\ninconclusive  "));
}

TEST(Console, NoLineIsWiderThanAsked) {
  RunRecord record = fixture_record("mixed");
  record.findings[3].reason = std::string(300, 'x') + " " + std::string(300, 'y');
  for (const int width : {80, 100, 140}) {
    std::istringstream lines(console(record, {.width = width, .verbose = true}));
    for (std::string line; std::getline(lines, line);) {
      const bool last = line.starts_with("LEAKED  4 of");
      EXPECT_TRUE(last || line.size() <= static_cast<std::size_t>(width)) << line;
    }
  }
}

}  // namespace
}  // namespace bottle
