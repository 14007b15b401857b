// `attach` to real containers. An image goes to the engine at hand and containers run there, so this is for an engine
// that exists for tests: BOTTLE_REQUIRE=attach-docker ci/with-engine docker -- ctest ...
#include <unistd.h>

#include "tests/cli/program.h"

namespace bottle {
namespace {

constexpr const char* kAttachImage = "bottle-verify/attach:test";

class AttachDocker : public testing::Test {
 protected:
  void SetUp() override {
    const char* required = std::getenv("BOTTLE_REQUIRE");
    if (required == nullptr || std::string(required).find("attach-docker") == std::string::npos)
      GTEST_SKIP() << "BOTTLE_REQUIRE does not name attach-docker: it would bring an image to your engine";
    const std::string images = BOTTLE_SOURCE_DIR "/fixtures/images/";
    const std::string tar = scratch_ / "image.tar";
    const Ran packed = run_command_line({"/bin/sh", "-c", "exec \"$1\" \"$2\" \"$3\" > \"$4\"", "sh", images + "pack",
                                         images + "agent.list", BOTTLE_BUILD_DIR "/libexec/bottle-hand", tar},
                                        {}, std::chrono::seconds(120));
    ASSERT_EQ(packed.code, 0) << packed.err;
    ASSERT_EQ(docker({"import", tar, kAttachImage}).code, 0);
  }
  void TearDown() override {
    if (!name_.empty()) docker({"rm", "--force", name_});
  }
  Ran docker(std::vector<std::string> words) const {
    words.insert(words.begin(), "docker");
    return run_command_line(words, {}, std::chrono::seconds(120));
  }
  void start(const std::vector<std::string>& options) {
    name_ = "bottle-attach-test-" + std::to_string(::getpid());  // the tests run side by side
    std::vector<std::string> words = {"run", "--detach", "--name", name_};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {kAttachImage, "sleep", "600"});
    const Ran ran = docker(words);
    ASSERT_EQ(ran.code, 0) << ran.err;
  }
  int attach() const {
    const Ran ran = run_program({"attach", "--exec", "docker exec -i " + name_, "--profile", "full", "-f",
                                 "localhost-reach.*", "-f", "!*via=proxy*", "-o", "json=" + (scratch_ / "r.json")},
                                scratch_ / ".", std::chrono::seconds(180));
    EXPECT_EQ(docker({"exec", name_, "sh", "-c", "ls -A /tmp"}).out, "");
    return ran.code;
  }
  std::vector<Finding> findings() const {
    const auto record = read_record_file(scratch_ / "r.json");
    EXPECT_TRUE(record.has_value());
    return record ? record->findings : std::vector<Finding>();
  }
  Verdict verdict_of(const std::string& start) const {
    for (const Finding& finding : findings()) {
      if ((finding.case_id + "[" + finding.variant).starts_with(start)) return finding.verdict;
    }
    ADD_FAILURE() << "no finding of " << start;
    return Verdict::error;
  }
  Scratch scratch_;
  std::string name_;
};

TEST_F(AttachDocker, AContainerWithoutANetworkHolds) {
  start({"--network", "none", "--user", "1000"});
  attach();
  int contained = 0;
  for (const Finding& finding : findings()) {
    EXPECT_NE(finding.verdict, Verdict::leaked) << finding.variant << finding.reason;
    if (finding.case_id == "localhost-reach.gateway") continue;  // the host has no address on no network
    if (finding.verdict == Verdict::not_applicable) continue;
    EXPECT_EQ(finding.verdict, Verdict::contained) << finding.variant << finding.reason;
    ++contained;
  }
  EXPECT_GE(contained, 4);
}

TEST_F(AttachDocker, TheHostsOwnNetworkLeaks) {
  start({"--network", "host"});
  EXPECT_EQ(attach(), 1);
  EXPECT_EQ(verdict_of("localhost-reach.raw[transport=tcp,target=host-loopback"), Verdict::leaked);
}

// Nothing else of the host can be reached from there: not its loopback, no other address. But that one is the host.
TEST_F(AttachDocker, TheGatewayOfAnInternalNetworkIsTheHost) {
  ASSERT_EQ(docker({"network", "create", "--internal", "bottle-attach-test"}).code, 0);
  start({"--network", "bottle-attach-test"});
  EXPECT_EQ(attach(), 1);
  EXPECT_EQ(verdict_of("localhost-reach.raw[transport=tcp,target=host-loopback"), Verdict::contained);
  EXPECT_EQ(verdict_of("localhost-reach.raw[transport=tcp,target=host-address"), Verdict::leaked);
  EXPECT_EQ(verdict_of("localhost-reach.gateway[target=gateway,transport=tcp"), Verdict::leaked);
  docker({"rm", "--force", name_});
  docker({"network", "rm", "bottle-attach-test"});
}

// A sandbox with a kernel of its own shows no process to ours: it might as well run elsewhere.
TEST_F(AttachDocker, WhatOurKernelDoesNotSeeIsNotShownToBeHere) {
  if (docker({"info", "--format", "{{.Runtimes}}"}).out.find("runsc") == std::string::npos)
    GTEST_SKIP() << "this engine has no runsc";
  start({"--runtime", "runsc", "--network", "none"});
  EXPECT_EQ(attach(), 3);
  for (const Finding& finding : findings()) {
    EXPECT_NE(finding.verdict, Verdict::contained) << finding.variant;
    if (finding.case_id == "localhost-reach.raw" && finding.verdict == Verdict::inconclusive) {
      EXPECT_NE(finding.reason.find("not shown to run on this machine"), std::string::npos) << finding.reason;
    }
  }
}

}  // namespace
}  // namespace bottle
