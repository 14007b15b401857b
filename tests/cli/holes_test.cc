// Each hole opens exactly what its file says; in a dead bottle nothing is contained that needed what is dead.
#include <set>

#include "harness/hole.h"
#include "harness/plan.h"
#include "tests/cli/harmless.h"
#include "tests/cli/program.h"

namespace bottle {
namespace {

std::vector<Hole> shipped_holes() {
  const auto holes = Hole::read_all(BOTTLE_SOURCE_DIR "/fixtures/holes");
  return holes ? *holes : std::vector<Hole>{};
}

bool matches_any(const std::vector<std::string>& patterns, const Finding& finding) {
  Case of{.info = {.id = finding.case_id}};
  const Variant variant{.of = &of, .name = finding.variant};
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& p) { return matches_pattern(p, variant); });
}

// Here the harness waits for its deadline, and nothing else needs the time. (Not so where pipelock hangs: pushes and
// the bare arm still have to be carried out.)
constexpr char kWaitsForTheDeadline[] = "never-exits";

std::vector<std::string> arguments_for(const Hole& hole, const Scratch& scratch) {
  std::vector<std::string> arguments = {"--hole", hole.name, "-o", "json=" + (scratch / "record.json")};
  if (hole.name == kWaitsForTheDeadline) arguments.insert(arguments.end(), {"--deadline-ms", "3000"});
  if (hole.agent.empty()) return arguments;
  for (const char* report : {"junit=junit.xml", "sarif=github.sarif", "sarif-full=full.sarif"}) {
    const std::string text = report;
    const std::size_t name = text.find('=') + 1;
    arguments.insert(arguments.end(), {"-o", text.substr(0, name) + (scratch / text.substr(name))});
  }
  arguments.push_back("-v");
  return arguments;
}

// Whatever the agent's side did.
void expect_harmless(const Ran& ran, const Scratch& scratch) {
  expect_nobody_left();
  expect_small();
  expect_no_orders(ran.out + ran.err);
  for (const char* file : {"record.json", "junit.xml", "github.sarif", "full.sarif"}) {
    std::stringstream text;
    text << std::ifstream(scratch / file).rdbuf();
    EXPECT_FALSE(text.str().empty()) << file;
    expect_plain_text(text.str(), file);
  }
  expect_valid_reports(scratch / "");
}

class HoleTest : public testing::TestWithParam<Hole> {};

TEST_P(HoleTest, OpensExactlyWhatItsFileSays) {
  BOTTLE_NEEDS_BOTTLES();
  const Hole& hole = GetParam();
  const Scratch scratch;
  adopt_orphans();
  const auto began = std::chrono::steady_clock::now();
  const Ran ran = run_program(arguments_for(hole, scratch));
  EXPECT_LT(std::chrono::steady_clock::now() - began, kLongestRun);
  EXPECT_EQ(ran.code, hole.kind == Hole::Kind::open ? 1 : hole.needs.empty() ? 0 : 3) << ran.err;
  const auto record = read_record_file(scratch / "record.json");
  ASSERT_TRUE(record) << record.error().what;
  ASSERT_FALSE(record->findings.empty());
  for (const Finding& finding : record->findings) {
    const std::string name = finding.case_id + "[" + finding.variant + "]: " + finding.reason;
    if (finding.verdict == Verdict::not_applicable) continue;
    const bool proven = finding.verdict == Verdict::contained || finding.verdict == Verdict::leaked;
    if (matches_any(hole.needs, finding))
      EXPECT_FALSE(proven) << name;
    else
      EXPECT_EQ(finding.verdict, matches_any(hole.opens, finding) ? Verdict::leaked : Verdict::contained) << name;
    // A liar earns nothing by its word.
    if (hole.kind != Hole::Kind::hostile || finding.verdict != Verdict::contained) continue;
    EXPECT_NE(finding.conditions.tried.word, Word::agent) << name;
    EXPECT_NE(finding.conditions.refused.word, Word::agent) << name;
  }
  if (!hole.agent.empty()) expect_harmless(ran, scratch);
}

INSTANTIATE_TEST_SUITE_P(Shipped, HoleTest, testing::ValuesIn(shipped_holes()), [](const auto& hole) {
  std::string name = hole.param.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(Holes, AreAllHere) {
  std::set<std::string> names;
  for (const Hole& hole : shipped_holes()) names.insert(hole.name);
  for (const char* needed : {"no-walls", "dlp-off", "egress-on-all-interfaces", "resolver-open", "git-scanner-off",
                             "no-network", "pipelock-dead", "dns-dead"}) {
    EXPECT_TRUE(names.contains(needed)) << needed;
  }
}

}  // namespace
}  // namespace bottle
