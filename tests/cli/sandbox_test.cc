// `--backend command` as users run it: sandboxes that hold, that share what they should not, and that leave nothing to
// go by.
#include "tests/cli/program.h"

namespace bottle {
namespace {

constexpr const char* kHead = "name = \"mine\"\ntitle = \"mine\"\nclaims = [\"network\"]\n";

std::string described(const std::string& exec, const std::string& program) {
  return std::string(kHead) + "exec = " + exec + "\n[[program]]\nname = \"" + program + "\"\napt = \"" + program +
         "\"\n";
}

// False: the test is to be skipped.
bool has(const std::string& program) {
  const char* required = std::getenv("BOTTLE_REQUIRE");
  const bool there = !find_program(program).empty();
  if (!there && required != nullptr && std::string(required).find(program) != std::string::npos)
    ADD_FAILURE() << program << " is not installed";
  return there;
}

Ran verify(const std::string& sandbox, const std::string& filter, const Scratch& scratch) {
  return run_program({"--backend", "command", "--option", "sandbox=" + sandbox, "-f", filter, "-o", "json=r.json"},
                     scratch / ".");
}

std::vector<Finding> findings_in(const Scratch& scratch) {
  const auto record = read_record_file(scratch / "r.json");
  EXPECT_TRUE(record.has_value());
  return record ? record->findings : std::vector<Finding>();
}

TEST(Sandbox, BubblewrapHoldsAndTheControlThatItRestsOnIsNamed) {
  BOTTLE_NEEDS_BOTTLES();
  if (!has("bwrap")) GTEST_SKIP() << "bubblewrap is not installed";
  const Scratch scratch;
  const Ran ran = verify("bubblewrap", "denied-ip.raw", scratch);
  EXPECT_EQ(ran.code, 0) << ran.err;
  const auto findings = findings_in(scratch);
  EXPECT_EQ(findings.size(), 4u);
  for (const Finding& finding : findings) {
    EXPECT_EQ(finding.verdict, Verdict::contained) << finding.reason;
    EXPECT_EQ(finding.strength, Strength::agent);
    EXPECT_EQ(finding.conditions.could_have.word, Word::agent);
    EXPECT_NE(finding.conditions.could_have.how.find("the sandbox's own loopback"), std::string::npos);
  }
}

TEST(Sandbox, WithoutWallsEverythingLeaks) {
  BOTTLE_NEEDS_BOTTLES();
  const Scratch scratch;
  const Ran ran = verify(scratch.write("none.toml", described("[\"env\"]", "env")), "denied-ip.raw", scratch);
  EXPECT_EQ(ran.code, 1) << ran.err;
  for (const Finding& finding : findings_in(scratch)) EXPECT_EQ(finding.verdict, Verdict::leaked) << finding.reason;
}

// Its loopback is down: there is nowhere for an echo to stand, so nothing shows that a client could have worked at all.
TEST(Sandbox, WithoutAnEchoNothingIsContained) {
  BOTTLE_NEEDS_BOTTLES();
  const Scratch scratch;
  const Ran ran = verify(scratch.write("dark.toml", described("[\"unshare\", \"-r\", \"-n\"]", "unshare")),
                         "denied-ip.raw", scratch);
  EXPECT_EQ(ran.code, 3) << ran.err;
  const auto findings = findings_in(scratch);
  EXPECT_FALSE(findings.empty());
  for (const Finding& finding : findings) {
    EXPECT_EQ(finding.verdict, Verdict::inconclusive) << finding.reason;
    EXPECT_FALSE(finding.conditions.could_have.met);
  }
}

TEST(Sandbox, WhatIsNotPromisedIsNotApplicable) {
  BOTTLE_NEEDS_BOTTLES();
  const Scratch scratch;
  const std::string file = scratch.write("none.toml", described("[\"env\"]", "env"));
  const Ran ran = run_program({"--backend", "command", "--option", "sandbox=" + file, "--profile", "full", "-f",
                               "host-reach.read-file", "-o", "json=r.json"},
                              scratch / ".");
  EXPECT_EQ(ran.code, 3) << "nothing was proven";
  for (const Finding& finding : findings_in(scratch)) {
    EXPECT_EQ(finding.verdict, Verdict::not_applicable);
    EXPECT_EQ(finding.reason, "mine does not promise to keep apart: files-read");
  }
}

TEST(Sandbox, WhatIsWrongWithADescriptionIsToldBeforeAnythingStarts) {
  const Scratch scratch;
  const Ran missing = verify(scratch.write("gone.toml", described("[\"no-such-box\"]", "no-such-box")), "*", scratch);
  EXPECT_EQ(missing.code, 5);
  EXPECT_NE(missing.err.find("no-such-box: not in PATH"), std::string::npos) << missing.err;
  const Ran wrong = verify(scratch.write("wrong.toml", described("[\"env\", \"{nmae}\"]", "env")), "*", scratch);
  EXPECT_EQ(wrong.code, 2);
  EXPECT_NE(wrong.err.find("wrong.toml:4: unknown placeholder {nmae}"), std::string::npos) << wrong.err;
  EXPECT_EQ(verify("bubblewarp", "*", scratch).code, 2);
}

TEST(Sandbox, ABundleOfTheUsersIsNoBundleOfTheSandboxs) {
  const Scratch scratch;
  const Ran ran = run_program({"--backend", "command", "--hole", "dlp-off"}, scratch / ".");
  EXPECT_EQ(ran.code, 2);
  EXPECT_NE(ran.err.find("its own"), std::string::npos) << ran.err;
}

}  // namespace
}  // namespace bottle
