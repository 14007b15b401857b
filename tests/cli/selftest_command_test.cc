// The self-test's command. That every shipped hole is caught is ci/test's step `selftest`, which runs all of them.
#include <gmock/gmock.h>

#include "tests/cli/harmless.h"
#include "tests/cli/program.h"

namespace bottle {
namespace {

using testing::HasSubstr;

TEST(Selftest, RunsTheNamedHolesOnly) {
  BOTTLE_NEEDS_BOTTLES();
  const Scratch scratch;
  const Ran ran =
      run_program({"selftest", "dlp-off", "-f", "http-exfil.path", "-o", "json=" + (scratch / "selftest.json")});
  EXPECT_EQ(ran.code, 0) << ran.err;
  expect_valid_reports(scratch / "");
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
