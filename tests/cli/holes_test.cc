// Each hole opens exactly what its file says; in a dead bottle nothing is contained that needed what is dead.
#include <set>

#include "harness/hole.h"
#include "harness/plan.h"
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

class HoleTest : public testing::TestWithParam<Hole> {};

TEST_P(HoleTest, OpensExactlyWhatItsFileSays) {
  BOTTLE_NEEDS_BOTTLES();
  const Hole& hole = GetParam();
  const Scratch scratch;
  const Ran ran = run_program({"--hole", hole.name, "--profile", "sample", "-o", "json=" + (scratch / "record.json")});
  EXPECT_EQ(ran.code, hole.kind == Hole::Kind::open ? 1 : 3) << ran.err;
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
  }
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
