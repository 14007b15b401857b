#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "files.h"
#include "random_record.h"

namespace bottle {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

Json run_of(const RunRecord& record, std::string_view format) {
  return Json::parse(rendered(record, format))["runs"][0];
}

TEST(Sarif, TheGithubProfileHasOnlyLeaks) {
  const RunRecord record = fixture_record("mixed");
  const Json run = run_of(record, "sarif");
  EXPECT_EQ(run["results"].size(), static_cast<std::size_t>(totals_of(record).leaked));
  for (const Json& result : run["results"]) {
    EXPECT_EQ(result["level"], "error");
    EXPECT_FALSE(result.contains("kind"));
    EXPECT_EQ(result["properties"]["verdict"], "leaked");
  }
  EXPECT_TRUE(run_of(fixture_record("all-contained"), "sarif")["results"].empty());
}

TEST(Sarif, AWaivedLeakIsAResultThatIsSuppressed) {
  RunRecord record = fixture_record("mixed");
  EXPECT_FALSE(run_of(record, "sarif")["results"][0].contains("suppressions"));
  for (Finding& finding : record.findings)
    if (finding.verdict == Verdict::leaked) finding.waived = Waived{"ada", "issue 12", "2027-01-31"};
  const Json run = run_of(record, "sarif");
  for (const Json& result : run["results"]) {
    ASSERT_EQ(result["suppressions"].size(), 1u);
    EXPECT_EQ(result["suppressions"][0]["kind"], "external");
    EXPECT_EQ(result["suppressions"][0]["justification"], "Waived by ada until 2027-01-31: issue 12.");
  }
}

TEST(Sarif, TheFullProfileHasEveryFindingAndLevelNoneUnlessItFailed) {
  const RunRecord record = fixture_record("mixed");
  std::map<std::string, int> kinds;
  const Json run = run_of(record, "sarif-full");
  for (const Json& result : run["results"]) {
    ++kinds[result["kind"]];
    EXPECT_EQ(result["level"], result["kind"] == "fail" ? "error" : "none");
  }
  const Totals t = totals_of(record);
  EXPECT_EQ(kinds, (std::map<std::string, int>{{"pass", t.contained},
                                               {"fail", t.leaked},
                                               {"open", t.inconclusive + t.error},
                                               {"notApplicable", t.not_applicable}}));
}

TEST(Sarif, WhatProvesNothingIsANotificationOfItsRule) {
  const RunRecord record = fixture_record("mixed");
  const Json run = run_of(record, "sarif");
  int warnings = 0, errors = 0;
  for (const Json& item : run["invocations"][0]["toolExecutionNotifications"]) {
    if (!item.contains("associatedRule")) continue;
    const std::size_t index = item["associatedRule"]["index"];
    EXPECT_EQ(run["tool"]["driver"]["rules"][index]["id"], item["associatedRule"]["id"]);
    ++(item["level"] == "warning" ? warnings : errors);
  }
  EXPECT_EQ(warnings, totals_of(record).inconclusive);
  EXPECT_EQ(errors, totals_of(record).error);
}

TEST(Sarif, OnlyARunThatEndedWithZeroOrOneWasSuccessful) {
  const std::map<std::string, bool> expected = {
      {"all-contained", true}, {"mixed", true}, {"cut-short", false}, {"empty", false}};
  for (const auto& [name, successful] : expected) {
    EXPECT_EQ(run_of(fixture_record(name), "sarif")["invocations"][0]["executionSuccessful"], successful) << name;
  }
}

TEST(Sarif, RulesAreThereForEveryCaseThatWasRunAlsoWhenItHeld) {
  std::set<std::string> ids;
  const Json run = run_of(fixture_record("all-contained"), "sarif");
  for (const Json& rule : run["tool"]["driver"]["rules"]) {
    ids.insert(rule["id"]);
    EXPECT_FALSE(rule["help"]["text"].get<std::string>().empty());
    EXPECT_LE(rule["fullDescription"]["text"].get<std::string>().size(), 1024u);
    EXPECT_LE(rule["properties"]["tags"].size(), 10u);
  }
  EXPECT_EQ(ids.size(), 9u);
  EXPECT_TRUE(ids.contains("egress-port-bypass.direct"));
}

TEST(Sarif, SeverityBecomesGithubsNumber) {
  RunRecord record = fixture_record("all-contained");
  const std::pair<const char*, const char*> expected[] = {
      {"critical", "9.5"}, {"high", "8.0"}, {"medium", "5.5"}, {"low", "2.5"}, {"?", "5.5"}};
  for (const auto& [severity, number] : expected) {
    record.cases[0].severity = severity;
    EXPECT_EQ(run_of(record, "sarif")["tool"]["driver"]["rules"][0]["properties"]["security-severity"], number);
  }
}

TEST(Sarif, ResultsAreNamedBySomethingThatDoesNotChangeFromRunToRun) {
  RunRecord record = fixture_record("mixed");
  const Json before = run_of(record, "sarif")["results"];
  record.run_id = "another", record.started = "2027-01-01T00:00:00Z", record.wall_ns += 1;
  for (Finding& f : record.findings) f.guarded.reset(), f.sightings.clear();
  const Json after = run_of(record, "sarif")["results"];
  std::set<std::string> prints;
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i]["partialFingerprints"], after[i]["partialFingerprints"]);
    EXPECT_EQ(before[i]["locations"], after[i]["locations"]);
    EXPECT_TRUE(prints.insert(before[i]["partialFingerprints"]["primaryLocationLineHash"]).second);
  }
}

TEST(Sarif, TwoBackendsNeverShareAFingerprintOrACategory) {
  RunRecord record = fixture_record("mixed");
  const Json one = run_of(record, "sarif");
  record.backend = "docker";
  for (Finding& f : record.findings) f.backend = "docker";
  const Json other = run_of(record, "sarif");
  EXPECT_NE(one["results"][0]["partialFingerprints"], other["results"][0]["partialFingerprints"]);
  EXPECT_EQ(one["automationDetails"]["id"], "bottle-verify/namespaces/bv-20261121-7f3a9c");
  EXPECT_EQ(other["automationDetails"]["id"], "bottle-verify/docker/bv-20261121-7f3a9c");
}

TEST(Sarif, EveryResultOfEveryRecordHasWhatGithubRejectsAnUploadWithout) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    const Json run = run_of(random_record(seed), "sarif-full");
    EXPECT_EQ(run["automationDetails"]["id"].get<std::string>().find_first_of(" \\:?#"), std::string::npos);
    for (const Json& result : run["results"]) {
      const std::string uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
      EXPECT_TRUE(uri.starts_with("bottle-verify/")) << uri;
      EXPECT_EQ(std::ranges::count(uri, '/'), 2) << uri;
      EXPECT_FALSE(result["message"]["text"].get<std::string>().empty());
      EXPECT_EQ(result["message"]["text"].get<std::string>().find("]("), std::string::npos);
      EXPECT_EQ(run["tool"]["driver"]["rules"].at(result["ruleIndex"].get<std::size_t>())["id"], result["ruleId"]);
    }
  }
}

TEST(Sarif, ALimitDropsPassesBeforeLeaks) {
  RunRecord record = fixture_record("mixed");
  const Finding pass = record.findings[0];
  const Finding leak = *std::ranges::find(record.findings, Verdict::leaked, &Finding::verdict);
  ASSERT_EQ(pass.verdict, Verdict::contained);
  record.findings.assign(25'000, pass);
  record.findings.push_back(leak);
  const std::string report = rendered(record, "sarif-full");
  std::size_t results = 0;
  for (auto at = report.find("\"ruleId\""); at != std::string::npos; at = report.find("\"ruleId\"", at + 1)) ++results;
  EXPECT_EQ(results, 25'000u);
  EXPECT_LT(report.find("\"kind\": \"fail\""), report.find("\"kind\": \"pass\""));
}

}  // namespace
}  // namespace bottle
