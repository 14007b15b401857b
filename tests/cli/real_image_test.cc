// The bundle of real parts as an image (fixtures/images/bundle-real), on a container engine. The image goes to the
// engine at hand and stays there, so this is for an engine that exists for tests: ci/with-engine docker -- ctest ...
#include "tests/cli/program.h"

namespace bottle {
namespace {

constexpr const char* kImage = "bottle-verify/real:test";

TEST(RealImage, HoldsByTheMarkersInItsAnswers) {
  const char* required = std::getenv("BOTTLE_REQUIRE");
  if (required == nullptr || std::string(required).find("real-image") == std::string::npos)
    GTEST_SKIP() << "BOTTLE_REQUIRE does not name real-image: it would bring an image to your engine";
  const Scratch scratch;
  const std::string tar = scratch / "real.tar", images = BOTTLE_SOURCE_DIR "/fixtures/images/";
  const Ran made = run_command_line({"/bin/sh", "-c", "exec \"$1\" \"$2\" > \"$3\"", "sh", images + "bundle-real",
                                     BOTTLE_BUILD_DIR "/libexec/bottle-hand", tar},
                                    {}, std::chrono::seconds(120));
  ASSERT_EQ(made.code, 0) << made.err;
  const Ran imported = run_command_line(
      {"docker", "import", "--change", "ENTRYPOINT [\"/opt/gate/start\"]", "--change", "USER 1000", tar, kImage}, {},
      std::chrono::seconds(120));
  ASSERT_EQ(imported.code, 0) << imported.err;
  const Ran ran =
      run_program({"--backend", "docker", "--bundle-image", kImage, "--bundle-profile",
                   BOTTLE_SOURCE_DIR "/fixtures/bundles/real/image.toml", "-o", "json=" + (scratch / "r.json")},
                  {}, std::chrono::seconds(180));
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  const auto record = read_record_file(scratch / "r.json");
  ASSERT_TRUE(record) << record.error().what;
  int scanned = 0;
  for (const Finding& finding : record->findings) {
    if (finding.category != "http-exfil") continue;
    ++scanned;
    EXPECT_EQ(finding.verdict, Verdict::contained) << finding.variant << finding.reason;
    EXPECT_EQ(finding.reason, "Stopped: pipelock's denial in the answer.");
  }
  EXPECT_GT(scanned, 50);
}

}  // namespace
}  // namespace bottle
