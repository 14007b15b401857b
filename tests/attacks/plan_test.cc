// What each arm of a variant is: the plan with the real techniques.
#include "harness/plan.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "attacks/registry.h"
#include "harness/digest.h"

namespace bottle {
namespace {

class PlanTest : public testing::Test {
 protected:
  AttemptPlan plan(const std::string& technique, const Parameters& parameters) {
    cases = {{.info = {.id = "own.case", .category = "own"}, .technique = technique, .parameters = parameters}};
    variants = *select_variants(cases, techniques, "standard", {});
    inputs.guarded_secrets = &secrets;
    inputs.bare_secrets = &bare_secrets;
    return make_attempts(variants, inputs);
  }
  std::vector<Technique> techniques = all_techniques();
  std::vector<Case> cases;
  std::vector<Variant> variants;
  std::vector<Secret> secrets = make_secrets(), bare_secrets = make_secrets();
  Route bundle{.proxy = {"10.0.0.1", 8888},
               .egress = {"10.0.0.1", 9099},
               .echo = {"10.0.0.1", 7007},
               .resolver = "default",
               .public_resolver = "8.8.8.8"};
  Route shadow{.proxy = {"10.0.0.1", 8888},
               .egress = {"10.0.0.1", 9099},
               .echo = {"10.0.0.1", 7007},
               .resolver = "10.0.0.1",
               .public_resolver = "8.8.8.8"};
  PlanInputs inputs{.guarded = bundle,
                    .shadow = shadow,
                    .bare = bundle,
                    .allowed_host = "allowed.test",
                    .allowed_address = {"198.51.100.10", 0}};
};

TEST(BatchText, EveryAttemptHasALimitThatIsStretchedWhereTimeIsShort) {
  Attempt plain{.nonce = "a", .action = {{"action", "dns"}}}, slow{.nonce = "b"};
  slow.action = {{"action", "http"}, {"timeout_ms", 4000}, {"retry_ms", 8000}};
  const auto limits = [&](const Pace& pace) {
    const auto actions = nlohmann::json::parse(batch_text("n", {&plain, &slow}, {}, pace)).at("actions");
    return std::array{actions[0].at("timeout_ms").get<int>(), actions[1].at("timeout_ms").get<int>(),
                      actions[1].at("retry_ms").get<int>()};
  };
  EXPECT_EQ(limits({}), (std::array{1500, 4000, 8000}));
  EXPECT_EQ(limits({.patience = 4}), (std::array{3000, 16000, 32000}));
  EXPECT_EQ(limits({.background = true}), (std::array{4500, 12000, 8000}));
}

TEST_F(PlanTest, WhatOurOwnClientCanCarryIsTriedByTheHarnessToo) {
  const AttemptPlan made =
      plan("http", {{"target", {"denied-ip"}}, {"via", {"direct", "proxy"}}, {"client", {"curl"}}});
  ASSERT_EQ(made.variants.size(), 2u);
  const Attempt& own = made.variants[0].shadow;
  EXPECT_EQ(own.place, Place::agent_network);
  EXPECT_EQ(own.action["action"], "http") << "by our own client, not by one of the bottle's";
  EXPECT_EQ(own.action["address"], made.variants[0].guarded.alone_at);
  EXPECT_EQ(made.variants[1].shadow.action["port"], 8888) << "a row with the agent's nonce can be provoked";
  inputs.guarded.git_remote = inputs.shadow.git_remote = "git://10.0.0.1:9418/bottle.git";
  const AttemptPlan push = plan("git", {{"vector", {"readme-link"}}});
  EXPECT_EQ(push.variants.at(0).guarded.action["action"], "client");
  EXPECT_EQ(push.variants.at(0).shadow.action["action"], "tcp") << "a push by our own client";
  const AttemptPlan redirect = plan("http", {{"target", {"allowed-redirect"}}, {"client", {"curl"}}});
  EXPECT_TRUE(redirect.variants.at(0).shadow.nonce.empty()) << "only curl follows redirects";
}

TEST_F(PlanTest, WhatASandboxDoesNotPromiseIsNotTriedAgainstIt) {
  inputs.unclaimed = {{Boundary::files_read, "not promised"}};
  inputs.host[Arm::guarded] = {.directory = "/canary", .file = "/canary/file", .file_token = make_nonce()};
  const AttemptPlan made = plan("file", {{"operation", {"write", "read"}}});
  EXPECT_EQ(made.variants.at(0).guarded.not_applicable, "");
  EXPECT_EQ(made.variants.at(1).guarded.not_applicable, "not promised");
}

TEST_F(PlanTest, OnlyWhatGoesToTheEchoHasItsControlInside) {
  inputs.echo_inside = true;
  const AttemptPlan made = plan("http", {{"target", {"denied-ip"}}, {"via", {"direct", "proxy"}}});
  EXPECT_TRUE(made.variants.at(0).guarded.control_inside);
  EXPECT_FALSE(made.variants.at(1).guarded.control_inside) << "that one goes to the allowed host, outside";
}

TEST_F(PlanTest, TheShadowCarriesWhatADaemonHasToFind) {
  const AttemptPlan made = plan("http", {{"target", {"allowed"}}, {"position", {"body"}}, {"secret", {"aws"}}});
  const Attempt& own = made.variants.at(0).shadow;
  EXPECT_EQ(own.secret, "aws");
  EXPECT_EQ(own.leak, Attempt::Leak::secret);
  EXPECT_NE(from_base64(own.action["request"].get<std::string>()).value().find(secrets[1].value), std::string::npos);
}

TEST_F(PlanTest, WhatOnlyTheBottlesRootRefusesIsTriedBehindAllOfTheAgentsWalls) {
  inputs.host[Arm::shadow] = {.file = "/host/file", .file_token = "t"};
  const AttemptPlan made = plan("file", {{"operation", {"read"}}});
  const Attempt& own = made.variants.at(0).shadow;
  EXPECT_EQ(own.place, Place::agent_walls);
  EXPECT_EQ(own.action["path"], "/host/file");
  EXPECT_EQ(own.token, "t");
}

TEST_F(PlanTest, TheShadowCarriesNothingOfTheAgents) {
  const AttemptPlan made = plan("dns", {{"server", {"default"}}, {"secret", {"aws"}}});
  const Attempt& own = made.variants.at(0).shadow;
  EXPECT_EQ(own.action["server"], "10.0.0.1");
  EXPECT_EQ(own.leak, Attempt::Leak::nonce);
  EXPECT_TRUE(own.secret.empty());
  EXPECT_EQ(own.action.dump().find(secrets[1].value), std::string::npos);
}

TEST_F(PlanTest, NoTwoAttemptsShareADeniedAddress) {
  const AttemptPlan made = plan("connect", {{"target", {"denied-ip"}}, {"transport", {"tcp", "udp"}}});
  std::set<std::string> addresses;
  for (const PlannedVariant& planned : made.variants) {
    for (const Attempt* one : {&planned.guarded, &planned.bare})
      EXPECT_TRUE(addresses.insert(one->action["address"].get<std::string>()).second);
  }
  EXPECT_EQ(addresses.size(), 4u);
}

TEST_F(PlanTest, WhatWouldLeaveByTheHostIsDialledFromTheHostOnTheBareArm) {
  inputs.open_road = Place::host;
  const auto place = [&](const std::string& technique, const Parameters& parameters) {
    return plan(technique, parameters).variants.at(0).bare.place;
  };
  for (const char* transport : {"tcp", "udp"})
    EXPECT_EQ(place("connect", {{"target", {"denied-ip"}}, {"transport", {transport}}}), Place::host);
  EXPECT_EQ(place("connect", {{"target", {"denied-ip"}}, {"transport", {"icmp"}}}), Place::outside);
  EXPECT_EQ(place("http", {{"target", {"denied-host"}}, {"via", {"direct"}}}), Place::host);
  EXPECT_EQ(place("http", {{"target", {"denied-host"}}, {"via", {"proxy"}}}), Place::outside);
  for (const char* server : {"public", "default"}) EXPECT_EQ(place("dns", {{"server", {server}}}), Place::host);
}

TEST_F(PlanTest, WhatADaemonRefusesIsTriedFromWhereTheHarnessHasAWayToIt) {
  const auto place = [&](const std::string& technique, const Parameters& parameters) {
    return plan(technique, parameters).variants.at(0).shadow.place;
  };
  const Parameters through{{"target", {"denied-host"}}, {"via", {"proxy"}}};
  EXPECT_EQ(place("http", through), Place::agent_network);
  inputs.bundle_road = Place::host;
  EXPECT_EQ(place("http", through), Place::host);
  EXPECT_EQ(place("http", {{"target", {"denied-host"}}, {"via", {"direct"}}}), Place::agent_network);
  EXPECT_EQ(place("connect", {{"target", {"denied-ip"}}, {"transport", {"tcp"}}}), Place::agent_network);
}

TEST_F(PlanTest, WhatNobodyWouldHearIsNotTriedAndNotProven) {
  inputs.unheard_transport = {{"icmp", "nobody hears a ping"}};
  const AttemptPlan made = plan("connect", {{"target", {"denied-ip"}}, {"transport", {"tcp", "icmp"}}});
  EXPECT_EQ(made.variants.at(0).guarded.withheld, "");
  EXPECT_EQ(made.variants.at(1).guarded.withheld, "nobody hears a ping");
  EXPECT_EQ(made.control_before.size(), 1u);
}

TEST_F(PlanTest, AGatewayThatIsTheHostIsHeardByItsOwnCanaryOrByNobody) {
  inputs.open_road = Place::host;
  inputs.nearby = {{"gateway", "192.168.7.1"}};
  const auto bare = [&] {
    return plan("connect", {{"target", {"gateway"}}, {"transport", {"tcp"}}}).variants.at(0).bare;
  };
  EXPECT_EQ(bare().place, Place::host);
  EXPECT_EQ(bare().bare_at, std::vector<std::string>{"tcp"});  // where nothing of the host's arrives
  inputs.canaries = {{"host-gateway", {"192.168.7.1", 4444}}};
  EXPECT_EQ(bare().place, Place::host);
  EXPECT_EQ(bare().bare_at, std::vector<std::string>{"canary:host-gateway"});
}

TEST_F(PlanTest, AQuestionHasItsControlAndItsCompanion) {
  const AttemptPlan made = plan("dns", {{"server", {"default"}}, {"transport", {"udp"}}});
  EXPECT_EQ(made.control_before.size(), 2u);
  EXPECT_TRUE(made.control_after.contains(made.variants.at(0).guarded.channel));
  EXPECT_TRUE(made.control_after.contains(made.variants.at(0).guarded.companion));
}

}  // namespace
}  // namespace bottle
