// The self-test, as users run it: every hole that is shipped is caught, and nothing is said that is not so.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "harness/hole.h"
#include "tests/cli/program.h"

namespace bottle {
namespace {

using testing::HasSubstr;

TEST(Selftest, EveryHoleIsCaughtAndNothingElseIsSaid) {
  BOTTLE_NEEDS_BOTTLES();
  const Scratch scratch;
  const std::string file = scratch / "selftest.json";
  const Ran ran = run_program({"selftest", "-o", "json=" + file}, {}, std::chrono::seconds(600));
  EXPECT_EQ(ran.code, 0) << ran.err;
  const auto json = nlohmann::json::parse(std::ifstream(file));
  const auto& figures = json.at("figures");
  const auto shipped = Hole::read_all(BOTTLE_SOURCE_DIR "/fixtures/holes");
  ASSERT_TRUE(shipped) << shipped.error().what;
  EXPECT_EQ(figures.at("holes"), shipped->size());
  EXPECT_EQ(figures.at("caught"), figures.at("holes"));
  for (const char* zero : {"false_passes", "false_alarms", "unexplained", "not_run", "unsupported"})
    EXPECT_EQ(figures.at(zero), 0) << zero;
}

TEST(Selftest, RunsTheNamedHolesOnly) {
  BOTTLE_NEEDS_BOTTLES();
  const Ran ran = run_program({"selftest", "dlp-off", "-f", "http-exfil.path"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("holes caught     1 of 1"));
}

TEST(Selftest, SaysWhatIsWrongWithItsWords) {
  EXPECT_THAT(run_program({"selftest", "dlp-of"}).err, HasSubstr("unknown hole \"dlp-of\"; did you mean \"dlp-off\"?"));
  EXPECT_THAT(run_program({"selftest", "-o", "junit=x"}).err, HasSubstr("unknown report format \"junit\""));
  EXPECT_THAT(run_program({"selftest", "--hole", "dlp-off"}).err, HasSubstr("--hole is for one run"));
  EXPECT_EQ(run_program({"selftest", "--bundle-command", "/bin/true"}).code, 2);
}

}  // namespace
}  // namespace bottle
