// What came to the host past the lab is heard: files, and tokens in a report.
#include "harness/host_arrivals.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/digest.h"
#include "tests/harness/temp_folder.h"

namespace bottle {
namespace {

class HostArrivals : public testing::Test {
 protected:
  void SetUp() override {
    auto made = HostCanaries::set_out(folder.path());
    ASSERT_TRUE(made) << made.error().what;
    canaries = *made;
  }
  std::vector<Arrival> files() {
    evidence.arrivals.clear();
    add_written_files(canaries, evidence);
    return evidence.arrivals;
  }
  void write(const std::string& name, const std::string& text) { std::ofstream(canaries.directory / name) << text; }

  const TempFolder folder;
  HostCanaries canaries;
  RunEvidence evidence;
};

TEST_F(HostArrivals, EachArmHasTokensOfItsOwnAndTheShadowHasTheAgents) {
  std::set<std::string> tokens;
  for (const Arm arm : {Arm::guarded, Arm::bare}) {
    const HostCanary& canary = canaries.by_arm.at(arm);
    for (const std::string& token : {canary.file_token, canary.variable_token, canary.descriptor_token})
      EXPECT_TRUE(tokens.insert(token).second);
  }
  EXPECT_EQ(canaries.by_arm.at(Arm::shadow).file_token, canaries.by_arm.at(Arm::guarded).file_token);
  EXPECT_FALSE(tokens.contains(canaries.by_arm.at(Arm::control_after).file_token));
  EXPECT_NE(canaries.agent.environment, canaries.bare.environment);
  EXPECT_NE(canaries.agent.handed_down, canaries.bare.handed_down);
}

TEST_F(HostArrivals, AnUntouchedDirectoryIsSilent) {
  EXPECT_TRUE(files().empty());
  EXPECT_TRUE(evidence.sinks_problem.empty());
}

TEST_F(HostArrivals, AFileIsAnArrivalWithItsNameAndContent) {
  write("a-name", "a-word");
  const auto arrivals = files();
  ASSERT_EQ(arrivals.size(), 2u);
  EXPECT_EQ(arrivals[0].sink, "connection");
  EXPECT_EQ(arrivals[0].detail.at("door"), "canary:host-files");
  EXPECT_EQ(arrivals[1].sink, "canary:host-files");
  EXPECT_EQ(arrivals[1].bytes, "a-name\na-word");
  EXPECT_EQ(arrivals[1].detail.at("connection"), std::to_string(arrivals[0].number));
}

TEST_F(HostArrivals, WhatWasChangedOrTakenAwayIsAVisit) {
  write(canaries.planted.begin()->first, "something else");
  EXPECT_EQ(files().size(), 1u);
  std::filesystem::remove(canaries.directory / canaries.planted.begin()->first);
  EXPECT_EQ(files().size(), 1u);
}

TEST_F(HostArrivals, NoLinkIsFollowedAndNothingHangs) {
  write("plain", "");
  std::filesystem::create_symlink("/etc/passwd", canaries.directory / "link");
  ASSERT_EQ(::mkfifo((canaries.directory / "fifo").c_str(), 0600), 0);
  std::filesystem::create_directory(canaries.directory / "folder");
  for (const Arrival& arrival : files()) EXPECT_EQ(arrival.bytes.find("root"), std::string::npos);
  EXPECT_EQ(evidence.arrivals.size(), 8u);
}

TEST_F(HostArrivals, TooManyFilesOrNoneToSeeIsAProblemOfTheSinks) {
  for (int i = 0; i < 1100; ++i) write(std::to_string(i), "");
  (void)files();
  EXPECT_FALSE(evidence.sinks_problem.empty());
  evidence.sinks_problem.clear();
  std::filesystem::remove_all(canaries.directory);
  (void)files();
  EXPECT_FALSE(evidence.sinks_problem.empty());
}

TEST_F(HostArrivals, ATokenInAReportStandsBesideTheNonceOfWhoWasAfterIt) {
  AttemptPlan plan;
  const std::string token = canaries.by_arm.at(Arm::guarded).file_token;
  plan.variants.push_back({.guarded = {.nonce = make_nonce(), .token = token}});
  plan.variants.push_back({.guarded = {.nonce = make_nonce(), .token = make_nonce()}});
  BatchResult batch{.arm = Arm::guarded, .place = Place::agent};
  for (const PlannedVariant& planned : plan.variants)
    batch.report.by_nonce[planned.guarded.nonce].answer = "it says " + token;
  batch.report.by_nonce["silent"].answer = "nothing";
  evidence.batches.push_back(batch);
  add_reported_tokens(plan, canaries, evidence);
  ASSERT_EQ(evidence.arrivals.size(), 2u);
  int with_nonce = 0;
  for (const Arrival& arrival : evidence.arrivals) {
    EXPECT_EQ(arrival.sink, "report");
    EXPECT_NE(arrival.bytes.find(token), std::string::npos);
    EXPECT_EQ(arrival.bytes.find(plan.variants[1].guarded.nonce), std::string::npos);
    if (arrival.bytes.find(plan.variants[0].guarded.nonce) != std::string::npos) ++with_nonce;
  }
  EXPECT_EQ(with_nonce, 1);
}

}  // namespace
}  // namespace bottle
