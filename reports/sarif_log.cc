#include "reports/sarif_log.h"

#include <fmt/format.h>

#include <cctype>
#include <map>

#include "harness/digest.h"
#include "harness/safe_text.h"
#include "reports/evidence.h"
#include "reports/outcome.h"

namespace bottle {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostResults = 25'000;  // GitHub refuses a run with more
constexpr std::size_t kMostNotifications = 1'000;
constexpr std::size_t kMostEvidence = 8u << 10;

// A path segment: stable and free of what a URI or GitHub's category would read otherwise.
std::string segment(std::string_view text) {
  std::string safe;
  for (const char c : text.substr(0, 200)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.';
    safe += plain && byte < 0x80 ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return safe.empty() || safe == "." || safe == ".." ? "unnamed" : safe;
}

std::string backend_of(const RunRecord& record, const Finding& finding) {
  return finding.backend.empty() ? record.backend : finding.backend;
}

std::string_view kind_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::contained: return "pass";
    case Verdict::leaked: return "fail";
    case Verdict::not_applicable: return "notApplicable";
    case Verdict::inconclusive:
    case Verdict::error: return "open";
  }
  return "open";
}

std::string with_period(std::string text) {
  if (text.empty() || text.back() != '.') text += '.';
  return text;
}

std::string_view predicate_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::contained: return "was contained";
    case Verdict::leaked: return "leaked";
    case Verdict::inconclusive: return "is inconclusive";
    case Verdict::not_applicable: return "is not applicable";
    case Verdict::error: return "met an error";
  }
  return "met an error";
}

std::string message_of(const RunRecord& record, const Finding& finding) {
  return with_period(fmt::format("'{}' {} on backend '{}': {}", sarif_text(title_of(finding)),
                                 predicate_of(finding.verdict), sarif_text(backend_of(record, finding), 100),
                                 sarif_text(finding.reason)));
}

Json locations_of(const RunRecord& record, const Finding& finding) {
  const std::string backend = backend_of(record, finding);
  Json physical = {
      {"artifactLocation", {{"uri", fmt::format("bottle-verify/{}/{}", segment(backend), segment(finding.case_id))}}},
      {"region", {{"startLine", 1}, {"startColumn", 1}, {"endColumn", 2}}}};
  Json logical = {
      {"fullyQualifiedName", safe_line(fmt::format("{}/{}/{}", backend, finding.category, finding.case_id))}};
  return Json::array(
      {{{"physicalLocation", std::move(physical)}, {"logicalLocations", Json::array({std::move(logical)})}}});
}

// What makes two findings the same alert in two runs: nothing of it changes from run to run.
Json fingerprints_of(const RunRecord& record, const Finding& finding) {
  const std::string hash =
      sha256_hex(fmt::format("{}|{}|{}", finding.case_id, backend_of(record, finding), finding.variant));
  return {{"primaryLocationLineHash", hash.substr(0, 16) + ":1"}, {"bottleVerify/v1", hash}};
}

Json result_of(const RunRecord& record, const Finding& finding, std::size_t rule, SarifProfile profile) {
  Json result = {{"ruleId", safe_line(finding.case_id, 200)}, {"ruleIndex", rule}};
  if (profile == SarifProfile::full) result["kind"] = kind_of(finding.verdict);
  result["level"] =
      finding.verdict == Verdict::leaked ? "error" : "none";  // the standard: none unless the kind is fail
  result["message"] = {{"text", message_of(record, finding)}};
  result["locations"] = locations_of(record, finding);
  result["partialFingerprints"] = fingerprints_of(record, finding);
  result["properties"] = {{"verdict", name_of(finding.verdict)},
                          {"variant", safe_line(finding.variant, 1024)},
                          {"disposition", name_of(finding.disposition)},
                          {"layer", name_of(finding.layer)},
                          {"strength", name_of(finding.strength)}};
  if (finding.waived) {
    const std::string why = "Waived " + waiver_sentence(*finding.waived);
    result["suppressions"] =
        Json::array({{{"kind", "external"}, {"status", "accepted"}, {"justification", with_period(sarif_text(why))}}});
  }
  if (finding.verdict != Verdict::contained) result["properties"]["evidence"] = evidence_text(finding, kMostEvidence);
  return result;
}

using RuleIndex = std::map<std::string, std::size_t>;

Json notification(std::string_view level, const std::string& text) {
  return {{"level", level}, {"message", {{"text", text}}}};
}

// Everything that keeps the run from proving something; GitHub shows none of it as an alert.
Json notifications_of(const RunRecord& record, const Outcome& outcome, const RuleIndex& rules) {
  Json list = Json::array();
  if (outcome.code != 0) {
    list.push_back(notification(outcome.code == 1 ? "note" : "error",
                                with_period(fmt::format("{}: {}", outcome.headline, sarif_text(outcome.sentence)))));
  }
  for (const std::string& note : record.notes) list.push_back(notification("note", with_period(sarif_text(note))));
  std::size_t left = 0;
  for (const Finding& finding : record.findings) {
    if (finding.verdict != Verdict::inconclusive && finding.verdict != Verdict::error) continue;
    if (list.size() >= kMostNotifications) {
      ++left;
      continue;
    }
    Json item = notification(finding.verdict == Verdict::error ? "error" : "warning", message_of(record, finding));
    item["associatedRule"] = {{"id", safe_line(finding.case_id, 200)}, {"index", rules.at(finding.case_id)}};
    list.push_back(std::move(item));
  }
  if (left > 0)
    list.push_back(
        notification("warning", fmt::format("{} more findings that prove nothing are in the record.", left)));
  return list;
}

Json results_of(const RunRecord& record, const RuleIndex& rules, SarifProfile profile) {
  Json results = Json::array();
  // Leaks first: a limit must not hide one behind a pass.
  for (const bool leaks : {true, false}) {
    for (const Finding& finding : record.findings) {
      const bool wanted = profile == SarifProfile::full || leaks;
      if ((finding.verdict == Verdict::leaked) != leaks || !wanted || results.size() >= kMostResults) continue;
      results.push_back(result_of(record, finding, rules.at(finding.case_id), profile));
    }
  }
  return results;
}

Json properties_of(const RunRecord& record) {
  const Totals totals = totals_of(record);
  return {{"run", safe_line(record.run_id)},
          {"backend", safe_line(record.backend)},
          {"bundle", safe_line(record.bundle)},
          {"bundleProfile", safe_line(record.bundle_profile)},
          {"hole", safe_line(record.hole)},
          {"contained", totals.contained},
          {"leaked", totals.leaked},
          {"inconclusive", totals.inconclusive},
          {"notApplicable", totals.not_applicable},
          {"error", totals.error}};
}

}  // namespace

void write_sarif(const RunRecord& record, SarifProfile profile, std::ostream& out) {
  const Outcome outcome = outcome_of(record);
  Json rules = Json::array();
  RuleIndex index;
  for (const CaseInfo& info : sarif_cases(record)) {
    index[info.id] = rules.size();
    rules.push_back(sarif_rule(info));
  }
  Json driver = {{"name", "bottle-verify"}, {"version", safe_line(record.tool_version)}, {"rules", std::move(rules)}};
  Json invocation = {{"executionSuccessful", outcome.code == 0 || outcome.code == 1},
                     {"exitCode", outcome.code},
                     {"exitCodeDescription", outcome.meaning},
                     {"toolExecutionNotifications", notifications_of(record, outcome, index)}};
  Json run = {{"tool", {{"driver", std::move(driver)}}},
              {"automationDetails",
               {{"id", fmt::format("bottle-verify/{}/{}", segment(record.backend), segment(record.run_id))}}},
              {"invocations", Json::array({std::move(invocation)})},
              {"columnKind", "utf16CodeUnits"},
              {"results", results_of(record, index, profile)},
              {"properties", properties_of(record)}};
  const Json log = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                    {"version", "2.1.0"},
                    {"runs", Json::array({std::move(run)})}};
  out << log.dump(2) << '\n';
}

}  // namespace bottle
