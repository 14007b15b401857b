// Each mistake: one line that says what, where and what to do, and the documented exit code.
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "tests/cli/program.h"

namespace bottle {
namespace {

void expect_one_line(const Ran& ran, int code, const std::string& part) {
  EXPECT_EQ(ran.code, code) << ran.err;
  EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
  EXPECT_NE(ran.err.find(part), std::string::npos) << ran.err;
}

TEST(BadInput, AnUnknownBackendIsNamedWithTheNearest) {
  expect_one_line(run_program({"--backend", "namespace"}), 2, "namespaces");
}

TEST(BadInput, AMistypedCommandIsNamedWithTheNearest) { expect_one_line(run_program({"dcotor"}), 2, "doctor"); }

TEST(BadInput, AnUnknownOptionIsAUsageError) {
  expect_one_line(run_program({"--no-such-option"}), 2, "--no-such-option");
}

TEST(BadInput, ARepeatableOptionTakesOneValueAndWhatFollowsIsTheVerbs) {
  expect_one_line(run_program({"selftest", "--filter", "git-gate.*", "nosuchhole"}), 2, "nosuchhole");
}

TEST(BadInput, AFilterThatSelectsNothingIsNoSuccess) {
  expect_one_line(run_program({"-f", "no-such-case"}), 4, "nothing selected");
  expect_one_line(run_program({"-f", "http-exfl.*"}), 4, "did you mean \"http-exfil.*\"");
  expect_one_line(run_program({"-f", "denied-ip.raw", "-f", "!denied-ip.*"}), 4, "the filters leave no variant");
}

TEST(BadInput, EachFilterMustSelectSomething) {
  expect_one_line(run_program({"-f", "denied-ip.raw", "-f", "git-gat.*"}), 4, "git-gat.*");
  expect_one_line(run_program({"-f", "!denied-ip.row"}), 4, "!denied-ip.row");
}

TEST(BadInput, AnUnknownHoleFormatOrBundleIsNamed) {
  expect_one_line(run_program({"--hole", "no-wall"}), 2, "no-walls");
  expect_one_line(run_program({"-o", "junitt=x.xml"}), 2, "junit");
  expect_one_line(run_program({"-o", "nonsense"}), 2, "nonsense");
  expect_one_line(run_program({"--bundle-profile", "referense"}), 2, "reference");
}

TEST(BadInput, AnUnwritableReportIsFoundBeforeTheRun) {
  expect_one_line(run_program({"-o", "json=/proc/nowhere/r.json"}), 2, "/proc/nowhere/r.json");
  const Scratch scratch;
  expect_one_line(run_program({"-o", "json=" + (scratch / ".")}), 2, "directory");
}

TEST(BadInput, ADeviceIsWrittenToAndNeverReplaced) {
  const Scratch scratch;
  ASSERT_EQ(::mkfifo((scratch / "pipe").c_str(), 0600), 0);
  const int reader = ::open((scratch / "pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const std::string record = BOTTLE_SOURCE_DIR "/tests/reports/records/empty.json";
  EXPECT_EQ(run_program({"report", record, "-o", "junit=" + (scratch / "pipe")}).code, 0);
  EXPECT_TRUE(std::filesystem::is_fifo(scratch / "pipe"));
  ::close(reader);
  expect_one_line(run_program({"report", record, "-o", "json=/dev/full"}), 3, "/dev/full");
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}

TEST(BadInput, ALinkIsFollowedAndTwoNamesOfOneFileAreOneFile) {
  const Scratch scratch;
  const std::string record = BOTTLE_SOURCE_DIR "/tests/reports/records/empty.json";
  std::filesystem::create_symlink(scratch / "target.xml", scratch / "link.xml");
  EXPECT_EQ(run_program({"report", record, "-o", "junit=" + (scratch / "link.xml")}).code, 0);
  EXPECT_TRUE(std::filesystem::is_symlink(scratch / "link.xml"));
  EXPECT_TRUE(std::filesystem::is_regular_file(scratch / "target.xml"));
  expect_one_line(
      run_program({"report", record, "-o", "junit=" + (scratch / "a.xml"), "-o", "json=" + (scratch / "./a.xml")}), 2,
      "two reports");
}

TEST(BadInput, AConfigurationsMistakeIsNamedWithItsLine) {
  const Scratch scratch;
  expect_one_line(run_program({"--config", scratch.write("a.toml", "\nbackennd = \"x\"\n")}), 2, "a.toml:2");
  expect_one_line(run_program({"--config", scratch.write("b.toml", "backend = [\n")}), 2, "b.toml");
  expect_one_line(run_program({"--config", scratch / "missing.toml"}), 2, "missing.toml");
}

TEST(BadInput, AMalformedCatalogueIsNamedWithItsLine) {
  const Scratch scratch;
  std::filesystem::create_directory(scratch / "catalogue");
  scratch.write("catalogue/own.toml", "[[case]]\nid = \"own.case\"\ntittle = \"x\"\n");
  expect_one_line(run_program({"--catalogue", scratch / "catalogue"}), 2, "own.toml:");
  expect_one_line(run_program({"--catalogue", scratch / "nowhere"}), 2, "nowhere");
}

TEST(BadInput, ACaseThatDoesNotExistIsNotExplained) {
  expect_one_line(run_program({"explain", "denied-hosts"}), 2, "denied-host");
}

TEST(BadInput, ARecordThatIsNoneIsNotRendered) {
  const Scratch scratch;
  expect_one_line(run_program({"report", scratch / "none.json"}), 2, "none.json");
  expect_one_line(run_program({"report", scratch.write("bad.json", "{}")}), 2, "bad.json");
}

TEST(BadInput, ABundleProgramThatDoesNotExistIsNotContained) {
  BOTTLE_NEEDS_BOTTLES();
  const Ran ran = run_program({"--bundle-command", "/no/such/bundle", "-f", "denied-host.through-proxy"});
  EXPECT_NE(ran.code, 0);
  EXPECT_NE(ran.err.find("/no/such/bundle"), std::string::npos) << ran.err;
}

TEST(BadInput, ADryRunCreatesNothing) {
  const Ran ran = run_program({"--dry-run"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("try denied-host.through-proxy["), std::string::npos);
}

}  // namespace
}  // namespace bottle
