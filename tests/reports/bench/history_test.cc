#include <gmock/gmock.h>

#include <sstream>

#include "reports/bench/history_rows.h"
#include "reports/bench/history_text.h"
#include "sessions.h"

namespace bottle {
namespace {

using testing::ContainsRegex;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::string history_text(const std::vector<BenchSession>& history, const ConsoleStyle& style = {}) {
  std::ostringstream out;
  write_bench_history(history, out, style);
  return out.str();
}

TEST(BenchHistory, ListsEachContendersSessionsAndMarksWhereItsLevelChanged) {
  const std::string text = history_text(sample_history(16, 9, 1.4));
  EXPECT_THAT(text, ContainsRegex("\n2026-01-10 03:24 +0abc12c000 [^\n]*\\+[34][0-9] % from here on\n"));
  EXPECT_THAT(text, Not(ContainsRegex("2026-01-09 03:24 [^\n]*from here on")));
  EXPECT_THAT(text, Not(HasSubstr("\nnative ")));
  EXPECT_THAT(text, EndsWith("16 sessions, 1 change of level\n"));
}

TEST(BenchHistory, WithoutAChangeSaysNoneAndGivesNoVerdict) {
  EXPECT_THAT(history_text(sample_history(16, 16, 1)), EndsWith("16 sessions, 0 changes of level\n"));
  EXPECT_EQ(history_text({}), "0 sessions, 0 changes of level\n");
  EXPECT_EQ(history_text(sample_history(16, 9, 1.4), {.quiet = true}), "16 sessions, 1 change of level\n");
}

TEST(BenchHistory, AnotherMachinesSessionIsShownAndCalledNotComparable) {
  auto history = sample_history(8, 8, 1);
  history[2].fingerprint["cpu"] = "another";
  EXPECT_THAT(history_text(history), ContainsRegex("\n2026-01-03 03:24 [^\n]*not comparable\n"));
  for (const HistoryOfContender& contender : history_by_contender(history)) {
    ASSERT_EQ(contender.rows.size(), 8u);
    for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(contender.rows[i].comparable, i != 2) << i;
  }
}

TEST(BenchHistory, ASessionWithoutAContenderHasNoRowForIt) {
  auto history = sample_history(8, 8, 1);
  history[1].contenders.erase(history[1].contenders.begin() + 2);
  const auto contenders = history_by_contender(history);
  ASSERT_EQ(contenders.size(), 3u);
  EXPECT_EQ(contenders[1].name, "bubblewrap");
  EXPECT_EQ(contenders[1].rows.size(), 7u);
  EXPECT_EQ(contenders[1].row_of(history[1]), nullptr);
  EXPECT_EQ(contenders[0].row_of(history[1])->session, &history[1]);
}

TEST(BenchHistory, FailuresHaveNoMedianAndNoRatio) {
  const auto contenders = history_by_contender({sample_session("failures-only")});
  ASSERT_EQ(contenders.size(), 3u);
  EXPECT_EQ(contenders[0].rows[0].failed, 8u);
  EXPECT_FALSE(contenders[0].rows[0].median);
  EXPECT_FALSE(contenders[0].rows[0].ratio);
}

TEST(BenchHistory, TheCsvHasALineForEachSessionAndContender) {
  const std::string csv = bench_history_csv(sample_history(16, 9, 1.4));
  std::istringstream lines(csv);
  std::size_t count = 0, changes = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_EQ(std::count(line.begin(), line.end(), ','), line.find('"') == std::string::npos ? 14 : 15) << line;
    changes += line.ends_with(",true,,,\r") ? 0u : 1u;
  }
  EXPECT_EQ(count, 1u + 16 * 3);
  EXPECT_EQ(changes, 2u) << "the head and the change";
}

TEST(BenchHistory, ADirtyTreeHasAPlus) {
  BenchSession session = sample_session("typical");
  EXPECT_EQ(commit_of(session), "e872d27aa5");
  session.git["dirty"] = "true";
  EXPECT_EQ(commit_of(session), "e872d27aa5+");
  session.git["dirty"] = "false";
  EXPECT_EQ(commit_of(session), "e872d27aa5");
  session.git.clear();
  EXPECT_EQ(commit_of(session), "-");
}

}  // namespace
}  // namespace bottle
