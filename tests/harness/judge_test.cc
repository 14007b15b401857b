// Every condition of `contained` can fail, and then nothing is contained.
#include "harness/judge.h"

#include <gtest/gtest.h>

#include <functional>

namespace bottle {
namespace {

class Judge : public testing::Test {
 protected:
  Judge() {
    of.info = {.id = "denied-host.through-proxy", .category = "denied-host"};
    planned.variant = {.of = &of, .name = "scheme=http"};
    planned.guarded = {.nonce = "g",
                       .sent = {{"request", "hash"}},
                       .channel = "http through the proxy, prober",
                       .wall = Layer::pipelock};
    planned.bare = {.nonce = "b"};
    profile.denials = {{Layer::pipelock, Disposition::denied, {"X-Bottle-Denied: pipelock"}}};
    told.report = {.stage = "done", .took_ns = 1'000'000};
    told.sent = {{"request", "hash"}};
    told.answer = "HTTP/1.1 403 Forbidden\r\nX-Bottle-Denied: pipelock; rule=allowlist\r\n\r\n";
    control.report = {.stage = "done", .took_ns = 1'000'000};
  }

  // Everything as it must be for `contained`.
  Trial sound() {
    Trial trial{.planned = &planned};
    trial.guarded = {.told = &told};
    trial.bare = {.told = &control, .sightings = {{.sink = "http", .destination = "203.0.113.9:80"}}};
    trial.control_before = {.told = &control, .sightings = {{.sink = "http"}}};
    trial.control_after = {.told = &control, .sightings = {{.sink = "http"}}};
    return trial;
  }
  Finding judged(const Trial& trial) const { return judge(trial, {.backend = "test", .profile = &profile}); }

  Case of;
  PlannedVariant planned;
  BundleProfile profile;
  Told told, control;
};

TEST_F(Judge, AControlOverTheSandboxsOwnLoopbackIsWeakerAndSaysSo) {
  planned.guarded.control_inside = true;
  const Finding finding = judged(sound());
  EXPECT_EQ(finding.verdict, Verdict::contained) << finding.reason;
  EXPECT_EQ(finding.conditions.could_have.word, Word::agent);
  EXPECT_NE(finding.conditions.could_have.how.find("own loopback"), std::string::npos);
  Trial without = sound();
  without.control_after.sightings.clear();
  EXPECT_EQ(judged(without).verdict, Verdict::inconclusive);
}

TEST_F(Judge, FiveConditionsMakeItContained) {
  const Finding finding = judged(sound());
  EXPECT_EQ(finding.verdict, Verdict::contained) << finding.reason;
  EXPECT_EQ(finding.disposition, Disposition::denied);
  EXPECT_EQ(finding.layer, Layer::pipelock);
}

// A thing of the host that is not there: the agent may say so, but the harness must have looked, too.
TEST_F(Judge, AnAbsenceIsAWitnessOnlyWhenTheHarnessMetItToo) {
  planned.guarded.wall = Layer::sandbox;
  planned.guarded.sent.clear();
  planned.guarded.nonce = "g";
  planned.shadow = {.nonce = "s", .place = Place::agent_walls, .wall = Layer::sandbox};
  told.sent.clear();
  told.answer.clear();
  told.report = {.stage = "connect", .error = "ENOENT"};
  Told own = told;
  Trial trial = sound();
  trial.shadowed = true;
  trial.shadow.told = &own;
  const Finding finding = judged(trial);
  EXPECT_EQ(finding.verdict, Verdict::contained) << finding.reason;
  EXPECT_EQ(finding.layer, Layer::sandbox);
  EXPECT_EQ(finding.conditions.tried.word, Word::harness);
  EXPECT_EQ(finding.conditions.refused.word, Word::harness);
  EXPECT_EQ(finding.conditions.was_not.word, Word::sink);
  planned.guarded.token = "t";
  EXPECT_EQ(judged(trial).conditions.was_not.word, Word::harness);
  own.report = {.stage = "done"};
  EXPECT_EQ(judged(trial).verdict, Verdict::inconclusive) << "the agent says that it is not there, and it is";
  trial.shadow.told = nullptr;
  EXPECT_EQ(judged(trial).verdict, Verdict::inconclusive);
  trial.shadowed = false;
  EXPECT_EQ(judged(trial).conditions.refused.word, Word::agent);
  EXPECT_EQ(judged(trial).conditions.was_not.word, Word::agent) << "only it says what it could not read";
  told.report = {.stage = "reply", .error = "ENOENT"};
  EXPECT_EQ(judged(trial).verdict, Verdict::inconclusive) << "it was there, and failed later";
  told.report = {.stage = "connect", .error = "ENOENT"};
  planned.guarded.wall = Layer::network;
  EXPECT_EQ(judged(trial).verdict, Verdict::inconclusive) << "no network says that";
}

// Whoever knows a nonce can have it denied: where the harness tried it too, its own attempt must have been.
TEST_F(Judge, ARowThatTheAgentProvokedIsNotEnough) {
  profile.decisions = true;
  Told own = told;
  planned.shadow = planned.guarded;
  planned.shadow.nonce = "s";
  Trial trial = sound();
  trial.decisions = {{.daemon = "pipelock", .decision = "deny", .rule = "allowlist"}};
  trial.shadowed = true;
  trial.shadow = {.told = &own};
  own.answer = "HTTP/1.1 200 OK\r\n\r\n";
  EXPECT_EQ(judged(trial).verdict, Verdict::inconclusive);
  own.answer = told.answer;
  EXPECT_EQ(judged(trial).verdict, Verdict::inconclusive) << "a bundle that keeps a log would have logged it";
  trial.shadow_decisions = {{.daemon = "pipelock", .decision = "deny", .rule = "dlp.aws"}};
  const Finding finding = judged(trial);
  EXPECT_EQ(finding.verdict, Verdict::contained) << finding.reason;
  EXPECT_EQ(finding.conditions.tried.word, Word::harness);
  EXPECT_EQ(finding.conditions.refused.word, Word::bundle);
  trial.shadow.sightings = {{.sink = "http", .what = "secret TEST_SECRET_AWS"}};
  EXPECT_EQ(judged(trial).verdict, Verdict::leaked);
}

TEST_F(Judge, AMarkerIsTheHarnesssWordWhereTheHarnessGotIt) {
  Told own = told;
  planned.shadow = planned.guarded;
  Trial trial = sound();
  trial.shadowed = true;
  trial.shadow = {.told = &own};
  EXPECT_EQ(judged(trial).conditions.refused.word, Word::harness);
  planned.shadow.secret_in_tunnel = true;
  own.report.stage = "proxy";
  EXPECT_EQ(judged(trial).verdict, Verdict::inconclusive) << "its secret was never sent";
}

TEST_F(Judge, AnyMissingConditionMakesItInconclusiveAndIsNamed) {
  Told silent = told, other_bytes = told, unfinished = told, no_denial = told, bad_gateway = told, cut_off = told;
  other_bytes.sent = {{"request", "another"}};
  unfinished.sent = {};
  no_denial.answer = "HTTP/1.1 200 OK\r\n\r\n";
  bad_gateway.answer = "HTTP/1.1 502 Bad Gateway\r\nX-Bottle-Error: egress; no route\r\n\r\n";
  cut_off.report.error = "DEADLINE";
  const std::pair<const char*, std::function<void(Trial&)>> wrongs[] = {
      {"nobody reported", [](Trial& t) { t.guarded.told = nullptr; }},
      {"the report is not whole", [](Trial& t) { t.guarded.report_problem = "no end mark"; }},
      {"it was caught lying", [](Trial& t) { t.lie = "claims what is not so"; }},
      {"other bytes were sent", [&](Trial& t) { t.guarded.told = &other_bytes; }},
      {"it says done without having sent", [&](Trial& t) { t.guarded.told = &unfinished; }},
      {"it was cut off", [&](Trial& t) { t.guarded.told = &cut_off; }},
      {"no control before", [](Trial& t) { t.control_before.sightings.clear(); }},
      {"no control after", [](Trial& t) { t.control_after.sightings.clear(); }},
      {"the bare arm did not leak", [](Trial& t) { t.bare.sightings.clear(); }},
      {"the sinks' log is broken", [](Trial& t) { t.sinks_problem = "a gap"; }},
      {"the sinks never rested", [](Trial& t) { t.settled = false; }},
      {"no denial", [&](Trial& t) { t.guarded.told = &no_denial; }},
      {"a failure instead of a denial", [&](Trial& t) { t.guarded.told = &bad_gateway; }},
      {"it arrived without its secret", [](Trial& t) { t.without_secret = {{.sink = "http"}}; }},
  };
  for (const auto& [what, break_it] : wrongs) {
    Trial trial = sound();
    break_it(trial);
    const Finding finding = judged(trial);
    EXPECT_EQ(finding.verdict, Verdict::inconclusive) << what;
    EXPECT_FALSE(finding.reason.empty()) << what;
  }
}

TEST_F(Judge, OneSightingOutranksEverything) {
  Trial trial = sound();
  trial.guarded.sightings = {{.sink = "dns", .destination = "198.51.100.53:53", .what = "nonce"}};
  EXPECT_EQ(judged(trial).verdict, Verdict::leaked);
  trial.guarded.told = nullptr;  // and nothing else is needed for it
  trial.bare.sightings.clear();
  trial.control_before.sightings.clear();
  EXPECT_EQ(judged(trial).verdict, Verdict::leaked);
}

TEST_F(Judge, AnUnplantedSecretWasNotTried) {
  planned.guarded.secret = "aws";
  Trial trial = sound();
  EXPECT_EQ(judged(trial).verdict, Verdict::contained);
  trial.secret_planted = false;
  EXPECT_EQ(judged(trial).verdict, Verdict::inconclusive);
}

TEST_F(Judge, ADispositionThatTheCaseDoesNotExpectIsNoContainment) {
  of.expect = {Disposition::held};
  EXPECT_EQ(judged(sound()).verdict, Verdict::inconclusive);
}

TEST_F(Judge, ARowOfTheBundleIsTheAgentsWordWhereNobodyElseCanTry) {
  profile.decisions = true;
  Trial trial = sound();
  trial.decisions = {{.daemon = "pipelock", .decision = "deny", .rule = "allowlist"}};
  EXPECT_EQ(judged(trial).strength, Strength::bundle);
  const Finding alone = judge(trial, {.backend = "test", .profile = &profile, .unshadowed = true});
  EXPECT_EQ(alone.verdict, Verdict::contained) << alone.reason;
  EXPECT_EQ(alone.strength, Strength::agent);
  Told own = told;
  planned.shadow = planned.guarded;
  planned.shadow.place = Place::host;
  trial.shadowed = true;
  trial.shadow = {.told = &own};
  trial.shadow_decisions = trial.decisions;
  const Finding both = judge(trial, {.backend = "test", .profile = &profile, .unshadowed = true});
  EXPECT_EQ(both.verdict, Verdict::contained) << both.reason;
  EXPECT_EQ(both.strength, Strength::bundle) << "the harness tried it at the same door";
  trial.shadow.sightings = {{.sink = "http"}};
  EXPECT_EQ(judge(trial, {.backend = "test", .profile = &profile, .unshadowed = true}).verdict, Verdict::leaked);
}

TEST_F(Judge, ARedactionNeedsTheBundlesWord) {
  Trial trial = sound();
  told.answer = "HTTP/1.1 200 OK\r\n\r\n";
  trial.without_secret = {{.sink = "http"}};
  EXPECT_EQ(judged(trial).verdict, Verdict::inconclusive);
  trial.decisions = {{.daemon = "pipelock", .decision = "redact", .rule = "dlp.aws"}};
  const Finding finding = judged(trial);
  EXPECT_EQ(finding.verdict, Verdict::contained) << finding.reason;
  EXPECT_EQ(finding.disposition, Disposition::redacted);
  EXPECT_EQ(finding.conditions.refused.word, Word::bundle);
}

TEST_F(Judge, AMissingToolIsNotApplicableAndNeverContained) {
  Trial trial = sound();
  told.tool_missing = true;
  told.answer.clear();
  EXPECT_EQ(judged(trial).verdict, Verdict::inconclusive);  // it says that it sent the request: then it was there
  told.sent.clear();
  told.report = {.stage = "client", .error = "ENOENT"};
  EXPECT_EQ(judged(trial).verdict, Verdict::inconclusive);  // it was there for the controls
  control.tool_missing = true;
  EXPECT_EQ(judged(trial).verdict, Verdict::not_applicable);
}

TEST_F(Judge, ACategoryOfWhichNothingCouldBeTriedProvesNothing) {
  told.tool_missing = control.tool_missing = true;
  told.sent.clear();
  std::vector<Finding> findings = {judged(sound())};
  findings.push_back(findings.front());
  findings.back().category = "another";
  findings.push_back({.category = "another", .verdict = Verdict::contained});
  findings.push_back(
      {.category = "absent", .verdict = Verdict::not_applicable, .reason = "this bundle has no git-gate"});
  require_something_tried(findings);
  EXPECT_EQ(findings[0].verdict, Verdict::inconclusive);
  EXPECT_EQ(findings[1].verdict, Verdict::not_applicable);
  EXPECT_EQ(findings[3].verdict, Verdict::not_applicable);  // there is nothing that could be missing
}

TEST_F(Judge, ASecretBehindARefusedTunnelWasNeverSent) {
  told.report.stage = "proxy";
  EXPECT_EQ(judged(sound()).verdict, Verdict::contained);
  planned.guarded.secret_in_tunnel = true;
  EXPECT_EQ(judged(sound()).verdict, Verdict::inconclusive);
}

TEST_F(Judge, WhatWentToTheAllowedHostInsteadIsNeitherLeakNorContained) {
  Trial trial = sound();
  trial.rerouted = {{.sink = "http"}};
  EXPECT_EQ(judged(trial).verdict, Verdict::inconclusive);
}

TEST_F(Judge, WhoseFirstHopDidNotArriveWasNeverPointedElsewhere) {
  planned.guarded.by_way_of = "198.51.100.10";
  Trial trial = sound();
  EXPECT_EQ(judged(trial).verdict, Verdict::inconclusive);
  trial.first_hop = true;
  EXPECT_EQ(judged(trial).verdict, Verdict::contained);
}

TEST_F(Judge, AStrangerAtTheCanaryLeavesADoubt) {
  Trial trial = sound();
  trial.wordless = 1;
  EXPECT_EQ(judged(trial).verdict, Verdict::inconclusive);
}

TEST_F(Judge, WhereOnlyTheNetworkRefusesTheHarnesssOwnDialDecides) {
  planned.guarded.wall = Layer::network;
  planned.shadow = planned.guarded;
  told.answer.clear();
  told.sent.clear();
  told.report = {.stage = "connect", .error = "ENETUNREACH"};  // forged or not
  Told own;
  own.report = {.stage = "connect", .error = "ENETUNREACH"};
  Trial trial = sound();
  EXPECT_EQ(judged(trial).conditions.refused.word, Word::agent);
  trial.shadowed = true;
  trial.shadow.told = &own;
  const Finding finding = judged(trial);
  EXPECT_EQ(finding.verdict, Verdict::contained) << finding.reason;
  EXPECT_EQ(finding.conditions.tried.word, Word::harness);
  EXPECT_EQ(finding.conditions.refused.word, Word::harness);
  own.report = {.stage = "done"};
  EXPECT_EQ(judged(trial).verdict, Verdict::inconclusive);
  trial.shadow.sightings = {{.sink = "http"}};
  EXPECT_EQ(judged(trial).verdict, Verdict::leaked);
  trial.shadow = {.told = nullptr, .report_problem = "no end mark"};
  EXPECT_EQ(judged(trial).verdict, Verdict::inconclusive);
}

TEST_F(Judge, AMarkerIsNoWitnessWhereTheBundleLogsItsDecisions) {
  profile.decisions = true;
  EXPECT_EQ(judged(sound()).verdict, Verdict::inconclusive);
  Trial trial = sound();
  trial.decisions = {{.daemon = "pipelock", .decision = "deny", .rule = "allowlist"}};
  EXPECT_EQ(judged(trial).verdict, Verdict::contained);
}

TEST_F(Judge, AResolverRefusesOnlyWhenThatIsItsWay) {
  planned.guarded.wall = Layer::resolver;
  told.answer.clear();
  Told before, after;
  Trial trial = sound();
  trial.companion_before = &before;
  trial.companion_after = &after;
  const auto verdict = [&](const std::string& refusal, const std::string& then, const std::string& later) {
    const auto set = [](Told& one, const std::string& manner) {
      one.dns_rcode = manner.starts_with("rcode ") ? std::stoi(manner.substr(6)) : -1;
      one.report = {.stage = "reply", .error = one.dns_rcode < 0 ? manner : "", .took_ns = 1'000'000};
    };
    set(told, refusal);
    set(before, then);
    set(after, later);
    return judged(trial).verdict;
  };
  EXPECT_EQ(verdict("ECONNREFUSED", "ECONNREFUSED", "ECONNREFUSED"), Verdict::contained);
  EXPECT_EQ(verdict("ECONNREFUSED", "ECONNREFUSED", "rcode 0"), Verdict::inconclusive);  // it was not up yet
  EXPECT_EQ(verdict("ECONNREFUSED", "rcode 0", "rcode 0"), Verdict::inconclusive);       // it was away
  EXPECT_EQ(verdict("rcode 5", "rcode 5", "rcode 5"), Verdict::contained);
  EXPECT_EQ(verdict("rcode 5", "rcode 0", "rcode 0"), Verdict::contained);
  EXPECT_EQ(verdict("rcode 5", "rcode 5", "rcode 0"), Verdict::inconclusive);  // it had no upstream yet
  EXPECT_EQ(verdict("rcode 3", "rcode 5", "rcode 5"), Verdict::inconclusive);
  trial.companion_after = nullptr;
  EXPECT_EQ(verdict("ECONNREFUSED", "ECONNREFUSED", "ECONNREFUSED"), Verdict::inconclusive);
}

TEST_F(Judge, WhatWasWithheldIsNotShownAndTheReasonIsSaid) {
  planned.guarded.withheld = "no proxy was named";
  const Finding finding = judged(sound());
  EXPECT_EQ(finding.verdict, Verdict::inconclusive);
  EXPECT_EQ(finding.reason, "Not shown to have been tried: nothing was sent: no proxy was named.");
}

TEST_F(Judge, WhereNobodyWouldHearNothingIsContainedButAnArrivalIsALeak) {
  planned.guarded.unheard = "nothing of ours stands there";
  Trial trial = sound();
  const Finding finding = judged(trial);
  EXPECT_EQ(finding.verdict, Verdict::inconclusive);
  EXPECT_FALSE(finding.conditions.would_show.met);
  EXPECT_FALSE(finding.conditions.was_not.met);
  EXPECT_NE(finding.reason.find("nothing of ours stands there"), std::string::npos) << finding.reason;
  trial.control_after = {.told = &control, .unheard = "nor there"};
  EXPECT_NE(judged(trial).reason.find("nor there; its client: done"), std::string::npos) << judged(trial).reason;
  trial.guarded.sightings = {{.sink = "canary:host-files"}};
  EXPECT_EQ(judged(trial).verdict, Verdict::leaked);
}

TEST_F(Judge, ADeadProxyIsNotAStrictOne) {
  told.answer.clear();
  told.sent.clear();
  told.report = {.stage = "connect", .error = "ECONNREFUSED"};
  EXPECT_EQ(judged(sound()).verdict, Verdict::inconclusive);
}

TEST_F(Judge, ARefusedConnectionIsAWitnessWhereNoDaemonIsOnTheRoad) {
  planned.guarded.wall = Layer::network;
  told.answer.clear();
  told.sent.clear();
  for (const char* error : {"ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH", "EACCES", "EPERM"}) {
    told.report = {.stage = "connect", .error = error};
    const Finding finding = judged(sound());
    EXPECT_EQ(finding.verdict, Verdict::contained) << error;
    EXPECT_EQ(finding.disposition, Disposition::refused);
  }
  for (const char* error : {"EMFILE", "ENOMEM", "TLS", "EOF", ""}) {
    told.report = {.stage = "connect", .error = error};
    EXPECT_EQ(judged(sound()).verdict, Verdict::inconclusive) << error;
  }
}

TEST_F(Judge, AResetWithoutAnAnswerIsAWitnessOnlyWhereAGatewayAcceptsFirst) {
  planned.guarded.wall = Layer::network;
  told.answer.clear();
  told.report = {.stage = "reply", .error = "ECONNRESET"};
  EXPECT_EQ(judged(sound()).verdict, Verdict::inconclusive);
  planned.guarded.accepted_first = true;
  EXPECT_EQ(judged(sound()).verdict, Verdict::contained);
  told.answer = "HTTP/1.1 200 OK";
  EXPECT_EQ(judged(sound()).verdict, Verdict::inconclusive);
}

TEST_F(Judge, SilenceIsAWitnessOnlyAgainstTheControlsRoundTrip) {
  planned.guarded.wall = Layer::network;
  planned.guarded.sent = {{"datagram", "hash"}};
  told.sent = {{"datagram", "hash"}};
  told.answer.clear();
  told.report = {.stage = "done", .error = "NOREPLY", .took_ns = 200'000'000};
  EXPECT_EQ(judged(sound()).disposition, Disposition::dropped);
  EXPECT_EQ(judged(sound()).verdict, Verdict::contained);
  control.report.took_ns = 100'000'000;  // nearly as slow as the silence
  EXPECT_EQ(judged(sound()).verdict, Verdict::inconclusive);
}

}  // namespace
}  // namespace bottle
