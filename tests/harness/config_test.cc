#include "harness/config.h"

#include <gmock/gmock.h>

#include "temp_folder.h"

namespace bottle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

Result<Config> read(const std::string& text) {
  const TempFolder folder;
  return Config::read(folder.write("c.toml", text));
}

std::string error_of(const std::string& text) {
  const auto config = read(text);
  return config ? "" : config.error().what;
}

TEST(Config, AnEmptyFileChangesNothing) {
  const auto config = read("");
  ASSERT_TRUE(config) << config.error().what;
  EXPECT_EQ(config->backend, "");
  EXPECT_EQ(config->profile, "standard");
  EXPECT_EQ(config->bundle.profile, "reference");
  EXPECT_THAT(config->bundle.command, IsEmpty());
  EXPECT_EQ(config->deadline_ms, Config{}.deadline_ms);
}

TEST(Config, EveryKeyIsRead) {
  const auto config = read(R"(
backend = "namespaces"
bundle = { command = ["squid", "-N"], image = "squid:6", profile = "squid.toml" }
options = { runtime = "runsc", engine = "podman" }
agent-image = "mine:1"
rootfs = "/srv/root"
profile = "full"
filters = ["http-exfil.*"]
catalogues = ["mine"]
hole = "dlp-off"
reports = ["junit=out/junit.xml", "json=-"]
deadline-ms = 9000
quiet-ms = 120
)");
  ASSERT_TRUE(config) << config.error().what;
  EXPECT_EQ(config->backend, "namespaces");
  EXPECT_THAT(config->bundle.command, ElementsAre("squid", "-N"));
  EXPECT_TRUE(config->bundle.profile.ends_with("/squid.toml"));  // it lies beside the configuration
  EXPECT_EQ(config->bundle.image, "squid:6");
  EXPECT_EQ(config->agent_image, "mine:1");
  EXPECT_THAT(config->options, ElementsAre(Pair("engine", "podman"), Pair("runtime", "runsc")));
  EXPECT_EQ(config->rootfs, "/srv/root");
  EXPECT_EQ(config->profile, "full");
  EXPECT_THAT(config->filters, ElementsAre("http-exfil.*"));
  EXPECT_THAT(config->catalogues, ElementsAre("mine"));
  EXPECT_EQ(config->hole, "dlp-off");
  ASSERT_THAT(config->reports, SizeIs(2));
  EXPECT_EQ(config->reports[0].format, "junit");
  EXPECT_EQ(config->reports[0].file, "out/junit.xml");
  EXPECT_EQ(config->reports[1].file, "-");
  EXPECT_EQ(config->deadline_ms, 9000);
  EXPECT_EQ(config->quiet_ms, 120);
}

TEST(Config, ABundleIsTheReferenceOrACommandWithItsProfile) {
  EXPECT_EQ(error_of("bundle = 'reference'"), "");
  EXPECT_THAT(error_of("bundle = 'squid'"), HasSubstr("unknown bundle \"squid\""));
  EXPECT_THAT(error_of("bundle = { command = ['squid'] }"), HasSubstr("missing key \"profile\" in [bundle]"));
  EXPECT_THAT(error_of("bundle = { profile = 'p' }"), HasSubstr("must name a program"));
  EXPECT_THAT(error_of("bundle = { command = [''], profile = 'p' }"), HasSubstr("must name a program"));
  EXPECT_THAT(error_of("bundle = 7"), HasSubstr("must be a table, not an integer"));
}

TEST(Config, MistakesAreNamedWithTheirLine) {
  EXPECT_THAT(error_of("\nbakend = 'x'"), HasSubstr("c.toml:2: unknown key \"bakend\"; did you mean \"backend\"?"));
  EXPECT_THAT(error_of("profile = 'ful'"), HasSubstr("did you mean \"full\"?"));
  EXPECT_THAT(error_of("reports = ['junit']"), HasSubstr("write FORMAT=FILE"));
  EXPECT_THAT(error_of("deadline-ms = 0"), HasSubstr("must be from 1"));
}

TEST(ReportTarget, IsAFormatAndAFile) {
  const auto target = parse_report_target("junit=a=b.xml");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->format, "junit");
  EXPECT_EQ(target->file, "a=b.xml");
  for (const char* text : {"", "junit", "=x", "junit="}) {
    const auto wrong = parse_report_target(text);
    ASSERT_FALSE(wrong) << text;
    EXPECT_EQ(wrong.error().fault, Fault::usage);
  }
}

}  // namespace
}  // namespace bottle
