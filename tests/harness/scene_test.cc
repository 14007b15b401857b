#include "harness/scene.h"

#include <gmock/gmock.h>

#include "temp_folder.h"

namespace bottle {
namespace {

using testing::Contains;
using testing::Pair;

class TheScene : public testing::Test {
 protected:
  TheScene() {
    scene_.plan.addresses = {.bundle = "10.0.0.1"};
    inputs_.profile.daemons = {{"egress", {.port = 9099}}, {"git-gate", {.port = 9420}}};
  }

  PlanInputs plan() { return plan_inputs(scene_, inputs_, {}); }

  Scene scene_;
  RunInputs inputs_;
};

TEST_F(TheScene, PipelockIsTheProxyAndEgressBehindIt) {
  inputs_.profile.daemons["pipelock"].port = 8888;
  const PlanInputs inputs = plan();
  EXPECT_EQ(to_string(inputs.guarded.proxy), "10.0.0.1:8888");
  EXPECT_EQ(to_string(inputs.guarded.egress), "10.0.0.1:9099");
  EXPECT_FALSE(inputs.guarded.egress_is_proxy);
  EXPECT_EQ(to_string(inputs.bare.egress), "127.0.0.1:9099");
}

TEST_F(TheScene, AnEgressInFrontIsTheProxyAndNoPortThatMustBeShut) {
  inputs_.profile.proxy = "egress";
  const PlanInputs inputs = plan();
  for (const Route& route : {inputs.guarded, inputs.shadow}) {
    EXPECT_EQ(to_string(route.proxy), "10.0.0.1:9099");
    EXPECT_EQ(route.egress.port, 0);
    EXPECT_TRUE(route.egress_is_proxy);
  }
  EXPECT_EQ(inputs.bare.proxy.address, kLabProxy);
  EXPECT_EQ(inputs.bare.egress.port, 0);
}

TEST_F(TheScene, ABundleWithoutTheProxyThatItNamesHasNone) {
  const PlanInputs inputs = plan();
  EXPECT_EQ(inputs.guarded.proxy.port, 0);
  EXPECT_EQ(inputs.bare.proxy.port, 0);
}

TEST_F(TheScene, AGateThatSpeaksHttpIsPushedToOverHttp) {
  EXPECT_EQ(plan().guarded.git_remote, "git://10.0.0.1:9420/bottle.git");
  inputs_.profile.daemons["git-gate"].http = true;
  EXPECT_EQ(plan().guarded.git_remote, "http://10.0.0.1:9420/bottle.git");
  EXPECT_EQ(plan().bare.git_remote, "git://198.51.100.20/bottle.git");  // the lab's upstream has no HTTP
}

TEST_F(TheScene, WhatWouldLeaveByTheHostIsAskedOfTheResolverThatTheHostReaches) {
  scene_.plan.addresses.internet = {.allowed = "203.0.113.4", .resolver = "203.0.113.3", .denied = {"203.0.113.5"}};
  EXPECT_EQ(plan().bare.resolver, kLabResolver);
  EXPECT_EQ(plan().open_road, Place::outside);
  scene_.plan.leaves_by_host = true;
  const PlanInputs inputs = plan();
  EXPECT_EQ(inputs.open_road, Place::host);
  EXPECT_EQ(inputs.bundle_road, Place::agent_network);
  scene_.plan.bundle_road = Place::host;
  EXPECT_EQ(plan().bundle_road, Place::host);
  for (const std::string& resolver :
       {inputs.guarded.public_resolver, inputs.bare.public_resolver, inputs.bare.resolver})
    EXPECT_EQ(resolver, "203.0.113.3");
}

}  // namespace
}  // namespace bottle
