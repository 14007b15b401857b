// Evidence is given to the attempt that it belongs to, and to no other.
#include "harness/trials.h"

#include <gtest/gtest.h>

#include "harness/digest.h"

namespace bottle {
namespace {

class Trials : public testing::Test {
 protected:
  Trials() {
    of.info = {.id = "http-exfil.body", .category = "http-exfil"};
    plan.variants.push_back(planned("aws"));
    plan.variants.push_back(planned("generic"));
    plan.control_before["road"] = {.nonce = make_nonce(), .channel = "road", .delivered_at = "http"};
    plan.control_after["road"] = {.nonce = make_nonce(), .channel = "road", .delivered_at = "http"};
    evidence.settled = true;
    for (const Arm arm : {Arm::control_before, Arm::guarded, Arm::control_after}) {
      BatchResult batch{.arm = arm, .place = Place::agent};
      batch.report.complete = true;
      for (const Secret& secret : secrets) batch.report.secret_hashes[secret.name] = sha256_hex(secret.value);
      batch.started_ns = 100;
      batch.ended_ns = 200;
      evidence.batches.push_back(std::move(batch));
    }
  }

  PlannedVariant planned(const std::string& secret) {
    Attempt guarded{
        .nonce = make_nonce(), .leak = Attempt::Leak::secret, .secret = secret, .channel = "road", .bare_at = {"http"}};
    Attempt bare = guarded;
    bare.nonce = make_nonce();
    bare.place = Place::outside;
    return {.variant = {.of = &of, .name = secret}, .guarded = guarded, .bare = bare};
  }
  void arrive(const std::string& sink, const std::string& bytes, const std::string& source = "10.0.0.9:1") {
    evidence.arrivals.push_back({.number = evidence.arrivals.size() + 1,
                                 .at_ns = 150,
                                 .sink = sink,
                                 .transport = "tcp",
                                 .source = source,
                                 .destination = "198.51.100.20:9418",
                                 .bytes = bytes});
  }
  std::vector<Trial> assembled() { return assemble_trials(plan, evidence, secrets, bare_secrets, strays); }

  Case of;
  AttemptPlan plan;
  RunEvidence evidence;
  std::vector<Secret> secrets = make_secrets(), bare_secrets = make_secrets();
  std::vector<Sighting> strays;
};

TEST_F(Trials, AnArrivalBelongsToItsNonceAndItsArm) {
  arrive("http", plan.variants[0].guarded.nonce + " " + secrets[1].value);
  arrive("http", plan.variants[1].bare.nonce + " " + bare_secrets[2].value);
  const auto trials = assembled();
  EXPECT_EQ(trials[0].guarded.sightings.size(), 1u);
  EXPECT_TRUE(trials[0].bare.sightings.empty());
  EXPECT_TRUE(trials[1].guarded.sightings.empty());
  EXPECT_EQ(trials[1].bare.sightings.size(), 1u);
}

TEST_F(Trials, TheBareArmMustArriveWhereItWasGoingNotOnTheWay) {
  arrive("proxy", plan.variants[1].bare.nonce + " " + bare_secrets[2].value);
  EXPECT_TRUE(assembled()[1].bare.sightings.empty());
  arrive("http", plan.variants[1].bare.nonce + " " + bare_secrets[2].value);
  EXPECT_EQ(assembled()[1].bare.sightings.size(), 1u);
}

TEST_F(Trials, ANonceWithoutItsSecretIsSaidToBeThat) {
  arrive("http", plan.variants[0].guarded.nonce + " [REDACTED]");
  const auto trials = assembled();
  EXPECT_TRUE(trials[0].guarded.sightings.empty());
  EXPECT_EQ(trials[0].without_secret.size(), 1u);
}

TEST_F(Trials, ASecretWithoutANonceIsHeldAgainstEveryAttemptThatCarriedIt) {
  arrive("tcp", secrets[1].value);
  const auto trials = assembled();
  EXPECT_EQ(trials[0].guarded.sightings.size(), 1u);
  EXPECT_TRUE(trials[1].guarded.sightings.empty());
  EXPECT_TRUE(strays.empty());
}

TEST_F(Trials, ASecretThatNoAttemptCarriedIsAStray) {
  arrive("tcp", secrets[0].value);
  (void)assembled();
  ASSERT_EQ(strays.size(), 1u);
  const BundleProfile profile;
  EXPECT_EQ(judge_stray(strays[0], {.backend = "test", .profile = &profile}).verdict, Verdict::leaked);
}

TEST_F(Trials, ANonceBesideASecretExplainsItOnlyWhenItsAttemptCarriesIt) {
  const std::string others[] = {plan.variants[1].guarded.nonce, plan.control_before["road"].nonce, make_nonce(),
                                plan.variants[0].bare.nonce};
  for (const std::string& nonce : others) {
    evidence.arrivals.clear();
    arrive("http", nonce + " " + secrets[1].value);
    EXPECT_EQ(assembled()[0].guarded.sightings.size(), 1u) << nonce;
  }
}

TEST_F(Trials, ASecretAtTheEchoHasNotLeftTheWalls) {
  arrive("echo", secrets[1].value);
  EXPECT_TRUE(assembled()[0].guarded.sightings.empty());
  arrive("echo", secrets[0].value);
  (void)assembled();
  EXPECT_TRUE(strays.empty());
}

TEST_F(Trials, APartOfASecretIsALeak) {
  arrive("http", plan.variants[0].guarded.nonce + " AKIA************");
  EXPECT_EQ(assembled()[0].without_secret.size(), 1u);
  arrive("http", plan.variants[0].guarded.nonce + " [REDACTED]" + secrets[1].value.substr(6));
  EXPECT_EQ(assembled()[0].guarded.sightings.size(), 1u);
}

TEST_F(Trials, ADialOfAnAddressOfItsOwnIsAnArrivalWithoutAWord) {
  Attempt& attempt = plan.variants[0].guarded;
  attempt.leak = Attempt::Leak::nonce;
  arrive("connection", "");
  EXPECT_TRUE(assembled()[0].guarded.sightings.empty());
  attempt.alone_at = "198.51.100.20";
  EXPECT_EQ(assembled()[0].guarded.sightings.size(), 1u);
  EXPECT_TRUE(assembled()[1].guarded.sightings.empty());
  attempt.alone_at = "2001:db8:dead::1";
  evidence.arrivals.back().destination = "[2001:db8:dead::1]:80";
  EXPECT_EQ(assembled()[0].guarded.sightings.size(), 1u);
}

TEST_F(Trials, ALieThatLeadsToTheAllowedHostIsNoLeak) {
  Attempt& attempt = plan.variants[0].guarded;
  attempt.leak = Attempt::Leak::nonce;
  attempt.lied_to = "198.51.100.20";
  arrive("http", attempt.nonce);
  EXPECT_TRUE(assembled()[0].guarded.sightings.empty());
  EXPECT_EQ(assembled()[0].rerouted.size(), 1u);
  evidence.arrivals.back().destination = "203.0.113.9:80";
  EXPECT_EQ(assembled()[0].guarded.sightings.size(), 1u);
}

TEST_F(Trials, AFirstHopToTheAllowedHostIsNeitherALeakNorAnArrival) {
  PlannedVariant& variant = plan.variants[0];
  for (Attempt* attempt : {&variant.guarded, &variant.bare}) {
    attempt->leak = Attempt::Leak::nonce;
    attempt->secret.clear();
    attempt->by_way_of = "198.51.100.20";
    arrive("http", attempt->nonce);
  }
  EXPECT_TRUE(assembled()[0].guarded.sightings.empty());
  EXPECT_TRUE(assembled()[0].bare.sightings.empty());
  for (const Attempt* attempt : {&variant.guarded, &variant.bare}) {
    arrive("http", attempt->nonce);
    evidence.arrivals.back().destination = "198.18.0.1:80";
  }
  EXPECT_EQ(assembled()[0].guarded.sightings.size(), 1u);
  EXPECT_EQ(assembled()[0].bare.sightings.size(), 1u);
}

TEST_F(Trials, AnEarlyAttemptIsToldOfByItsOwnExecOnly) {
  Attempt& early = plan.variants[0].guarded;
  early.early = true;
  evidence.batches[1].report.by_nonce[early.nonce].report.stage = "done";
  EXPECT_EQ(assembled()[0].guarded.told, nullptr);
  BatchResult batch{.arm = Arm::early, .place = Place::agent};
  batch.report.complete = true;
  batch.report.by_nonce[early.nonce].report.stage = "proxy";
  evidence.batches.push_back(std::move(batch));
  const auto trials = assembled();
  ASSERT_NE(trials[0].guarded.told, nullptr);
  EXPECT_EQ(trials[0].guarded.told->report.stage, "proxy");
}

TEST_F(Trials, AConnectionThatSaidNothingAtACanaryIsCounted) {
  plan.variants[0].guarded.canary = "canary:host-loopback";
  arrive("connection", "");
  evidence.arrivals.back().detail = {{"door", "canary:host-loopback"}};
  EXPECT_EQ(assembled()[0].wordless, 1);
  arrive("canary:host-loopback", plan.variants[1].bare.nonce);
  evidence.arrivals.back().detail = {{"connection", "1"}};
  EXPECT_EQ(assembled()[0].wordless, 0);
}

TEST_F(Trials, ATokenOfTheHostIsALeakOfWhoWasAfterIt) {
  for (PlannedVariant& planned : plan.variants) {
    planned.guarded.leak = Attempt::Leak::nonce;
    planned.guarded.secret.clear();
  }
  const std::string token = plan.variants[0].guarded.token = make_nonce();
  arrive("report", token + " " + plan.variants[0].guarded.nonce);
  EXPECT_EQ(assembled()[0].guarded.sightings.size(), 1u);
  EXPECT_TRUE(assembled()[1].guarded.sightings.empty());
}

TEST_F(Trials, ATokenWithoutItsNonceIsHeldAgainstEveryAttemptThatWasAfterIt) {
  const std::string token = make_nonce();
  for (PlannedVariant& planned : plan.variants) planned.guarded.token = token;
  arrive("http", token);
  for (const Trial& trial : assembled()) EXPECT_EQ(trial.guarded.sightings.size(), 1u);
  evidence.arrivals.clear();
  arrive("report", token + " " + plan.variants[0].guarded.nonce);
  EXPECT_TRUE(assembled()[1].guarded.sightings.empty()) << "it says whose it is";
}

TEST_F(Trials, TheShadowIsLookedForInItsOwnPlace) {
  plan.variants[0].shadow = {.nonce = make_nonce(), .place = Place::agent_walls};
  evidence.batches.push_back({.arm = Arm::shadow, .place = Place::agent_network});
  EXPECT_FALSE(assembled()[0].shadowed);
  evidence.batches.back().place = Place::agent_walls;
  EXPECT_TRUE(assembled()[0].shadowed);
}

TEST_F(Trials, AControlCountsOnlyWhereItWasToArrive) {
  arrive("proxy", plan.control_before["road"].nonce);
  arrive("http", plan.control_after["road"].nonce);
  const auto trials = assembled();
  EXPECT_TRUE(trials[0].control_before.sightings.empty());
  EXPECT_EQ(trials[0].control_after.sightings.size(), 1u);
}

TEST_F(Trials, TheEchoIsInsideTheWallsAndNoLeak) {
  arrive("echo", plan.variants[0].guarded.nonce + secrets[1].value);
  EXPECT_TRUE(assembled()[0].guarded.sightings.empty());
}

TEST_F(Trials, ARefusedPushMayNotEvenConnect) {
  plan.variants[0].guarded.upstream_must_not_be_dialled = true;
  arrive("http", plan.control_before["road"].nonce, "10.9.0.1:50");
  arrive("connection", "", "10.9.0.1:51");
  EXPECT_EQ(assembled()[0].guarded.sightings.size(), 1u);
  evidence.arrivals.back().source = "10.9.0.7:51";  // somebody else's: the bare arm's
  EXPECT_TRUE(assembled()[0].guarded.sightings.empty());
  evidence.arrivals.back().source = "10.9.0.1:51";
  evidence.arrivals.back().at_ns = 50;  // before the guarded pushes: the control's
  EXPECT_TRUE(assembled()[0].guarded.sightings.empty());
  evidence.arrivals.back().at_ns = 150;
  arrive("git", plan.control_before["road"].nonce, "10.9.0.1:51");  // the control's, late
  evidence.arrivals.back().detail = {{"connection", "2"}};
  EXPECT_TRUE(assembled()[0].guarded.sightings.empty());
}

TEST_F(Trials, AConnectionThatNamesAPushSpeaksAgainstThatOneOnly) {
  for (auto& variant : plan.variants) variant.guarded.upstream_must_not_be_dialled = true;
  arrive("http", plan.control_before["road"].nonce, "10.9.0.1:50");
  arrive("connection", "", "10.9.0.1:51");
  const std::string connection = std::to_string(evidence.arrivals.back().number);
  ASSERT_EQ(assembled()[0].guarded.sightings.size(), 1u);  // whose it is nobody can say: everybody's
  ASSERT_EQ(assembled()[1].guarded.sightings.size(), 1u);
  arrive("git", "refs/heads/" + make_nonce(), "10.9.0.1:51");  // a name that nobody gave out explains nothing
  evidence.arrivals.back().detail = {{"connection", connection}};
  EXPECT_EQ(assembled()[1].guarded.sightings.size(), 1u);
  arrive("git", "refs/heads/" + plan.variants[0].guarded.nonce, "10.9.0.1:51");
  evidence.arrivals.back().detail = {{"connection", connection}};
  EXPECT_FALSE(assembled()[0].guarded.sightings.empty());
  EXPECT_TRUE(assembled()[1].guarded.sightings.empty());
  plan.variants[0].guarded.upstream_must_not_be_dialled = false;  // nor does an attempt that is no push
  EXPECT_EQ(assembled()[1].guarded.sightings.size(), 1u);
}

TEST_F(Trials, AnUnplantedSecretIsNoticed) {
  EXPECT_TRUE(assembled()[0].secret_planted);
  evidence.batches[1].report.secret_hashes["TEST_SECRET_AWS"] = "something else";
  EXPECT_FALSE(assembled()[0].secret_planted);
  EXPECT_TRUE(assembled()[1].secret_planted);
}

TEST_F(Trials, OneLieIsHeldAgainstEveryAttempt) {
  evidence.lie = "claims what is not so";
  for (const Trial& trial : assembled()) EXPECT_EQ(trial.lie, "claims what is not so");
}

TEST_F(Trials, AnArmThatWasNotPlayedIsSaidSo) {
  evidence.batches.erase(evidence.batches.begin() + 1);
  EXPECT_FALSE(assembled()[0].guarded.report_problem.empty());
}

}  // namespace
}  // namespace bottle
