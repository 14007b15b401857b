// JUnit XML as Jenkins, GitLab, dorny/test-reporter and mikepenz/action-junit-report all read it: one suite a backend,
// no nesting, no attributes on <skipped>, the message repeated as the first line of the text. Only `contained` is a
// pass.
#include <fmt/format.h>

#include <algorithm>

#include "harness/report.h"
#include "harness/safe_text.h"
#include "reports/evidence.h"
#include "reports/outcome.h"
#include "reports/xml.h"

namespace bottle {
namespace {

constexpr std::size_t kEvidence = 64u << 10;
constexpr std::size_t kMessage = 1024;

// GitLab takes [[ATTACHMENT|path]] in a test's output as an order to link a file: not from the agent side.
std::string without_orders(std::string text) {
  constexpr std::string_view kOrder = "[[ATTACHMENT|";
  for (auto at = text.find(kOrder); at != std::string::npos; at = text.find(kOrder, at)) text.insert(at + 1, "\\");
  return text;
}

std::string one_line(std::string_view text, std::size_t limit = kMessage) {
  return without_orders(safe_line(text, limit));
}

std::string backend_of(const RunRecord& record, const Finding& finding) {
  return finding.backend.empty() ? record.backend : finding.backend;
}

void write_problem(XmlWriter& xml, std::string_view element, std::string_view type, const Finding& finding) {
  const std::string message = one_line(finding.reason);
  const std::string evidence = without_orders(evidence_text(finding, kEvidence));
  xml.leaf(element, {{"type", std::string(type)}, {"message", message}}, message + "\n" + evidence);
}

void write_case(XmlWriter& xml, const RunRecord& record, const Finding& finding) {
  const std::int64_t took = finding.guarded ? finding.guarded->took_ns : 0;
  xml.open("testcase", {{"classname", one_line(backend_of(record, finding) + "." + finding.category)},
                        {"name", one_line(title_of(finding))},
                        {"time", seconds(took)}});
  switch (finding.verdict) {
    case Verdict::contained:
      xml.leaf("system-out", {}, one_line(finding.reason) + "\n" + without_orders(evidence_text(finding, kEvidence)));
      break;
    case Verdict::leaked:
      if (finding.waived)
        xml.leaf("skipped", {},
                 one_line("leaked, and waived " + waiver_sentence(*finding.waived)) + "\n" +
                     without_orders(evidence_text(finding, kEvidence)));
      else
        write_problem(xml, "failure", "leaked", finding);
      break;
    case Verdict::inconclusive: write_problem(xml, "error", "inconclusive", finding); break;
    case Verdict::not_applicable: xml.leaf("skipped", {}, one_line("not applicable: " + finding.reason)); break;
    case Verdict::error: write_problem(xml, "error", "harness-error", finding); break;
  }
  xml.close();
}

bool fails(const Finding& finding) {
  return (finding.verdict == Verdict::leaked && !finding.waived) || finding.verdict == Verdict::inconclusive ||
         finding.verdict == Verdict::error;
}

// A run that proves nothing, or that was cut short, must not be green because the tests that there are passed.
bool needs_run_case(const RunRecord& record, const Outcome& outcome) {
  const bool red = std::ranges::any_of(record.findings, fails);
  return !record.complete || record.interrupted || (outcome.code != 0 && !red);
}

void write_run_case(XmlWriter& xml, const RunRecord& record, const Outcome& outcome) {
  std::string text = fmt::format("{}: {}", outcome.headline, outcome.sentence);
  xml.open("testcase",
           {{"classname", one_line(record.backend + ".bottle-verify")}, {"name", "run"}, {"time", "0.000"}});
  const std::string message = one_line(text);
  text += fmt::format("\nexit code {}: {}", outcome.code, outcome.meaning);
  for (const std::string& note : record.notes) text += "\nnote: " + one_line(note);
  xml.leaf("error", {{"type", "not-proven"}, {"message", message}}, without_orders(text));
  xml.close();
}

void write_properties(XmlWriter& xml, const RunRecord& record, const Outcome& outcome) {
  const auto property = [&](const std::string& name, const std::string& value) {
    xml.leaf("property", {{"name", one_line(name)}, {"value", one_line(value)}});
  };
  xml.open("properties");
  property("tool", "bottle-verify " + record.tool_version);
  property("run", record.run_id);
  property("outcome", fmt::format("{}: {}", outcome.headline, outcome.sentence));
  if (const std::string rests = strength_sentence(record); !rests.empty()) property("contained-rests", rests);
  property("exit-code", std::to_string(outcome.code));
  property("backend", record.backend);
  for (const auto& [key, value] : record.backend_facts) property("backend." + key, value);
  property("bundle", record.bundle);
  property("bundle.profile", record.bundle_profile);
  property("profile", record.profile);
  if (!record.hole.empty()) property("hole", record.hole);
  for (const auto& [key, value] : record.host) property("host." + key, value);
  for (const Phase& phase : record.phases) property("phase." + phase.name, seconds(phase.took_ns));
  for (const auto& [name, hash] : record.secrets) property("secret." + name, "sha256 " + hash);
  xml.close();
}

// xs:dateTime without a zone, which is what every reader's schema allows; the record's instant is UTC.
std::string timestamp_of(const RunRecord& record) {
  const std::string& s = record.started;
  std::string shape;
  for (const char c : s) shape += c >= '0' && c <= '9' ? '0' : c;
  return shape == "0000-00-00T00:00:00Z" ? s.substr(0, s.size() - 1) : "1970-01-01T00:00:00";
}

void write(const RunRecord& record, std::ostream& out) {
  const Outcome outcome = outcome_of(record);
  const Totals totals = totals_of(record);
  const bool run_case = needs_run_case(record, outcome);
  const int errors = totals.inconclusive + totals.error + (run_case ? 1 : 0);
  const std::string tests = std::to_string(record.findings.size() + (run_case ? 1 : 0));
  const std::string time = seconds(record.wall_ns);
  const int waived = waived_leaks(record);
  const std::string failures = std::to_string(totals.leaked - waived);
  XmlWriter xml(out);
  xml.open("testsuites", {{"name", "bottle-verify"},
                          {"tests", tests},
                          {"failures", failures},
                          {"errors", std::to_string(errors)},
                          {"time", time}});
  xml.open("testsuite", {{"name", one_line(record.backend)},
                         {"id", "0"},
                         {"tests", tests},
                         {"failures", failures},
                         {"errors", std::to_string(errors)},
                         {"skipped", std::to_string(totals.not_applicable + waived)},
                         {"time", time},
                         {"timestamp", timestamp_of(record)}});
  write_properties(xml, record, outcome);
  if (run_case) write_run_case(xml, record, outcome);
  for (const Finding& finding : record.findings) write_case(xml, record, finding);
  xml.close();
  xml.close();
}

}  // namespace

ReportFormat make_report_junit() { return {"junit", "JUnit XML for Jenkins, GitLab and their like", write}; }

}  // namespace bottle
