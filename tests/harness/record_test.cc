#include "harness/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace bottle {
namespace {

using testing::HasSubstr;
using Json = nlohmann::ordered_json;

Finding finding(Verdict verdict) {
  Finding f;
  f.case_id = "http-exfil.header";
  f.category = "http-exfil";
  f.variant = "scheme=https";
  f.backend = "namespaces";
  f.verdict = verdict;
  f.reason = "because";
  if (verdict == Verdict::contained) {
    const Condition met{true, "shown", Word::sink};
    f.conditions = {met, met, met, met, met};
  }
  return f;
}

RunRecord record_of(std::vector<Verdict> verdicts) {
  RunRecord record;
  record.complete = true;
  for (const Verdict verdict : verdicts) record.findings.push_back(finding(verdict));
  return record;
}

// A record in which every field has a value of its own, so that two that were swapped would show.
RunRecord full_record() {
  RunRecord r = record_of({Verdict::leaked, Verdict::contained, Verdict::not_applicable});
  r.tool_version = "0.1.0", r.run_id = "bv1", r.started = "2026-11-21T03:24:00Z", r.wall_ns = 7'000'000'000'000;
  r.interrupted = true, r.exit_code = 130, r.backend = "namespaces", r.backend_facts = {{"rootfs", "host"}};
  r.host = {{"kernel", "6.1"}}, r.bundle = "reference", r.bundle_profile = "strict";
  r.daemons = {{"pipelock", "10.0.0.1:8888", true}, {"egress", "", false}};
  r.hole = "no-walls", r.profile = "full", r.filters = {"http-*", "!x"},
  r.secrets = {{"TEST_SECRET_AWS", "0123456789ab"}};
  r.phases = {{"lab", 1, 2}}, r.prober_runs = {{"guarded", "agent", 5, 4, true, "exited 0", true, 9}};
  r.cases = {{"http-exfil.header", "http-exfil", "Title", "high", 200, "T1048", "why", "fix", {"PRD 0022 3a"}}};
  r.notes = {"note"};
  Finding& f = r.findings[0];
  f.disposition = Disposition::held, f.layer = Layer::git_gate, f.control = "https proxy";
  f.conditions = {{true, "a", Word::agent},
                  {false, "b", Word::bundle},
                  {true, "c", Word::sink},
                  {false, "d", Word::harness},
                  {true, "e", Word::nobody}};
  f.guarded = AttemptReport{"n1", "tls", "TLS", "detail", 3, "aa", "reply", 4};
  f.sightings = {{"http", "s", "d", "nonce", "raw", "excerpt", 5}};
  f.bare_sightings = {{"dns", "s2", "d2", "secret", "hex", "excerpt2", 6}};
  f.decisions = {{"pipelock", "deny", "rule", "log:4"}};
  r.findings[1].bare = AttemptReport{"n2", "done", "", "", 1, "bb", "r", 2};
  return r;
}

TEST(Record, LeakedOutranksEverythingButAnInterruption) {
  using enum Verdict;
  EXPECT_EQ(exit_code_of(record_of({contained, leaked, error, inconclusive})), 1);
  RunRecord cut = record_of({contained, leaked});
  cut.complete = false;
  EXPECT_EQ(exit_code_of(cut), 1);
  cut.interrupted = true;
  EXPECT_EQ(exit_code_of(cut), 130);
}

TEST(Record, AnythingUnprovenIsExitThree) {
  using enum Verdict;
  EXPECT_EQ(exit_code_of(record_of({contained, inconclusive})), 3);
  EXPECT_EQ(exit_code_of(record_of({contained, error})), 3);
  RunRecord cut = record_of({contained});
  cut.complete = false;
  EXPECT_EQ(exit_code_of(cut), 3);
  EXPECT_EQ(exit_code_of(record_of({not_applicable, not_applicable})), 3) << "nothing was proven";
}

TEST(Record, NothingSelectedIsFourAndAllContainedIsZero) {
  using enum Verdict;
  EXPECT_EQ(exit_code_of(record_of({})), 4);
  EXPECT_EQ(exit_code_of(record_of({contained, contained})), 0);
  EXPECT_EQ(exit_code_of(record_of({contained, not_applicable})), 0);
  EXPECT_EQ(exit_code_of(RunRecord{}), 3) << "a record that was never filled is no run";
}

TEST(Record, WorstIsTheSameFromEitherSide) {
  const Verdict order[] = {Verdict::leaked, Verdict::error, Verdict::inconclusive, Verdict::contained,
                           Verdict::not_applicable};
  for (int i = 0; i < 5; ++i) {
    for (int k = i; k < 5; ++k) {
      EXPECT_EQ(worst(order[i], order[k]), order[i]);
      EXPECT_EQ(worst(order[k], order[i]), order[i]);
    }
  }
}

TEST(Record, TotalsCountEveryVerdict) {
  using enum Verdict;
  const Totals t = totals_of(
      record_of({contained, contained, leaked, inconclusive, not_applicable, not_applicable, not_applicable, error}));
  EXPECT_EQ(t.contained, 2);
  EXPECT_EQ(t.leaked, 1);
  EXPECT_EQ(t.inconclusive, 1);
  EXPECT_EQ(t.not_applicable, 3);
  EXPECT_EQ(t.error, 1);
}

TEST(Record, WhatIsWrittenIsReadBackTheSame) {
  const std::string once = to_json(full_record()).dump();
  const auto read = record_from_json(once);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(to_json(*read).dump(), once);
  EXPECT_EQ(read->findings[0].guarded->nonce, "n1");
  EXPECT_FALSE(read->findings[0].bare);
  EXPECT_EQ(read->findings[0].layer, Layer::git_gate);
  EXPECT_EQ(read->findings[0].conditions.was_not.how, "d");
  EXPECT_EQ(read->wall_ns, 7'000'000'000'000);
  EXPECT_TRUE(read->interrupted);
}

TEST(Record, TheLayoutIsThatOfTheContract) {
  const Json json = to_json(full_record());
  std::vector<std::string> keys;
  for (const auto& item : json.items()) keys.push_back(item.key());
  EXPECT_THAT(keys, testing::ElementsAre("schema", "tool", "run", "host", "backend", "bundle", "hole", "selection",
                                         "secrets", "totals", "phases", "prober_runs", "cases", "findings", "notes"));
  EXPECT_EQ(json["schema"], "bottle-verify/record/v1");
  EXPECT_EQ(json["totals"]["leaked"], 1);
  EXPECT_EQ(json["findings"][0]["attempts"]["guarded"]["took_ns"], 4);
  EXPECT_EQ(json["findings"][0]["conditions"]["would_show"]["word"], "sink");
}

TEST(Record, AnUnsafeStringIsMadeSafeInTheJson) {
  RunRecord record = full_record();
  record.notes = {"\x1b[2J\xFF", std::string(200'000, 'x')};
  record.host = {{"ker\x01nel", "\xC0"}};
  const std::string json = to_json(record).dump();  // throws on invalid UTF-8
  EXPECT_THAT(json, HasSubstr("\\\\x1b[2J"));
  EXPECT_LT(json.size(), 100'000u);
}

// Every field of the JSON, one after the other, taken away or made another kind: never a record, always named.
class FieldWalk : public testing::Test {
 protected:
  void walk(Json& at, const std::string& path) {
    if (at.is_array()) {
      for (std::size_t i = 0; i < at.size(); ++i) walk(at[i], path + "[" + std::to_string(i) + "]");
    }
    if (!at.is_object()) return;
    std::vector<std::string> keys;
    for (const auto& item : at.items()) keys.push_back(item.key());
    for (const std::string& key : keys) {
      const std::string name = path.empty() ? key : path + "." + key;
      const Json kept = at[key];
      at[key] = 1.5;
      expect_named(name);
      at[key] = kept;
      if (!is_optional(path)) {
        const Json whole = at;
        at.erase(key);
        expect_named(name);
        at = whole;
      }
      walk(at[key], name);
    }
  }

  Json json_ = to_json(full_record());
  int tried_ = 0;

 private:
  // Maps have any keys, and an attempt may not have been made.
  static bool is_optional(const std::string& path) {
    return path == "host" || path == "secrets" || path == "backend.facts" || path.ends_with(".attempts");
  }
  void expect_named(const std::string& name) {
    ++tried_;
    const auto read = record_from_json(json_.dump());
    ASSERT_FALSE(read) << name;
    EXPECT_EQ(read.error().fault, Fault::usage);
    EXPECT_THAT(read.error().what, HasSubstr(name == "schema" ? "schema" : name));
  }
};

TEST_F(FieldWalk, AFieldThatIsMissingOrOfTheWrongKindIsNamed) {
  walk(json_, "");
  EXPECT_GT(tried_, 200);
}

void expect_refused(const Json& json, const std::string& why) {
  const auto read = record_from_json(json.dump());
  ASSERT_FALSE(read) << why;
  EXPECT_THAT(read.error().what, HasSubstr(why));
}

TEST(Record, AnUnknownFieldIsRefused) {
  Json json = to_json(full_record());
  json["findings"][1]["verdikt"] = "contained";
  expect_refused(json, "findings[1].verdikt is not a field");
}

TEST(Record, AnUnknownWordIsRefused) {
  Json json = to_json(full_record());
  json["findings"][0]["verdict"] = "passed";
  expect_refused(json, "findings[0].verdict must be a verdict");
}

TEST(Record, ANumberThatDoesNotFitIsRefused) {
  Json json = to_json(full_record());
  json["run"]["exit_code"] = 5'000'000'000;
  expect_refused(json, "run.exit_code must be an integer");
  json = to_json(full_record());
  json["run"]["wall_ns"] = 18'000'000'000'000'000'000u;
  expect_refused(json, "run.wall_ns must be an integer");
}

TEST(Record, WhatIsNotARecordIsRefused) {
  for (const char* text :
       {"", "{", "[]", "null", "{}", "{\"schema\":1}", "{\"schema\":\"bottle-verify/record/v2\"}", "\xFF"}) {
    EXPECT_FALSE(record_from_json(text)) << text;
  }
  EXPECT_THAT(record_from_json("{\"schema\":\"bottle-verify/record/v2\"}").error().what, HasSubstr("record/v2"));
}

TEST(Record, SumsThatAreNotThoseOfTheFindingsAreRefused) {
  Json json = to_json(full_record());
  json["totals"]["leaked"] = 0;
  expect_refused(json, "totals");
}

TEST(Record, ContainedWithoutAllFiveConditionsIsRefused) {
  for (const char* condition : {"tried", "could_have", "would_show", "was_not", "refused"}) {
    Json json = to_json(full_record());
    json["findings"][1]["conditions"][condition]["met"] = false;
    expect_refused(json, "findings[1] is called contained");
  }
}

}  // namespace
}  // namespace bottle
