// What no honest prober can say is a lie; what one may say by misfortune is none.
#include "harness/lies.h"

#include <gmock/gmock.h>

namespace bottle {
namespace {

using testing::HasSubstr;

class Lies : public testing::Test {
 protected:
  Lies() {
    plan.variants.push_back(
        {.guarded = {.nonce = "bvone", .action = {{"action", "http"}}, .sent = {{"request", "h"}}}});
    plan.variants.push_back({.guarded = {.nonce = "bvtwo", .action = {{"action", "client"}}, .sent = {{"argv", "h"}}}});
    profile.decisions = true;
    profile.denials = {{Layer::pipelock, Disposition::denied, {"403", "X-Bottle-Denied: pipelock"}}};
    for (const PlannedVariant& planned : plan.variants) {
      Told& told = report.by_nonce[planned.guarded.nonce];
      told.report.stage = "done";
      told.sent = planned.guarded.sent;
    }
  }
  std::string found() const { return find_lie(plan, report, decisions, profile); }
  Told& told(const std::string& nonce) { return report.by_nonce.at(nonce); }

  AttemptPlan plan;
  ProberReport report;
  std::map<std::string, std::vector<Decision>> decisions;
  BundleProfile profile;
};

const std::string kDenied = "HTTP/1.1 403 Forbidden\r\nX-Bottle-Denied: pipelock; rule=x\r\n";

TEST_F(Lies, AnHonestReportHasNone) {
  EXPECT_EQ(found(), "");
  told("bvone").answer = kDenied;
  for (const char* decision : {"deny", "allow", "error"}) {
    decisions["bvone"] = {{.daemon = "pipelock", .decision = decision}};
    EXPECT_EQ(found(), "") << decision;
  }
}

TEST_F(Lies, ADenialThatTheBundleDidNotLog) {
  told("bvone").answer = kDenied;
  EXPECT_THAT(found(), HasSubstr("a denial by pipelock that the bundle did not log (bvone)"));
  profile.decisions = false;  // a bundle without a log cannot contradict
  EXPECT_EQ(found(), "");
}

TEST_F(Lies, AFailureOfTheBundleIsNoDenial) {
  told("bvone").answer = "HTTP/1.1 400 Bad Request\r\nX-Bottle-Error: pipelock; malformed\r\n";
  told("bvtwo").answer = "HTTP/1.1 502 Bad Gateway\r\n";
  EXPECT_EQ(found(), "");
}

TEST_F(Lies, AConnectionThatFailedAlthoughTheBundleGotTheRequest) {
  told("bvone").report.stage = told("bvtwo").report.stage = "connect";
  told("bvone").sent = told("bvtwo").sent = {};
  EXPECT_EQ(found(), "");
  decisions["bvtwo"] = {{.daemon = "pipelock", .decision = "deny"}};
  EXPECT_EQ(found(), "") << "what a client meant by its prose is our guess";
  decisions["bvone"] = {{.daemon = "pipelock", .decision = "deny"}};
  EXPECT_THAT(found(), HasSubstr("that a connection failed"));
  told("bvone").report.stage = "send";  // cut off in the middle: the bundle may have seen the beginning
  EXPECT_EQ(found(), "");
}

TEST_F(Lies, BytesThatNobodyPlanned) {
  told("bvone").sent = {};
  EXPECT_EQ(found(), "") << "less than planned is a failure, not a lie";
  told("bvone").sent = {{"request", "another"}};
  EXPECT_THAT(found(), HasSubstr("what nobody had planned"));
  told("bvone").sent = {{"request", "h"}, {"request", "h"}};
  EXPECT_THAT(found(), HasSubstr("what nobody had planned"));
}

TEST_F(Lies, WhatWasNotReportedIsNoLie) {
  report.by_nonce.clear();
  EXPECT_EQ(found(), "");
}

}  // namespace
}  // namespace bottle
