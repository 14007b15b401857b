// One SARIF rule a case: ids are the cases' own, so results of two runs can be compared.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "harness/safe_text.h"
#include "reports/sarif_log.h"

namespace bottle {
namespace {

using Json = nlohmann::ordered_json;

std::string_view security_severity(std::string_view severity) {
  if (severity == "critical") return "9.5";
  if (severity == "high") return "8.0";
  if (severity == "low") return "2.5";
  return "5.5";
}

// "http-exfil.path-encoded" -> "HttpExfilPathEncoded"
std::string pascal_case(std::string_view id) {
  std::string name;
  bool start = true;
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) == 0) {
      start = true;
      continue;
    }
    name += static_cast<char>(start ? std::toupper(byte) : byte);
    start = false;
  }
  return name.empty() ? "Unnamed" : name;
}

std::string sentence(std::string_view text, std::string_view otherwise) {
  std::string safe = sarif_text(text.empty() ? otherwise : text, 1000);
  if (safe.back() != '.' && safe.back() != '!' && safe.back() != '?') safe += '.';
  return safe;
}

std::string help(const CaseInfo& info, bool markdown) {
  const std::string_view strong = markdown ? "**" : "";
  std::string text = fmt::format("{0}What an attacker gains:{0} {1}\n\n{0}What to do:{0} {2}", strong,
                                 sentence(info.why, "Not described"), sentence(info.fix, "Not described"));
  if (!info.references.empty()) {
    text += fmt::format("\n\n{0}See:{0} {1}", strong, sarif_text(fmt::format("{}", fmt::join(info.references, "; "))));
  }
  return text;
}

Json tags_of(const CaseInfo& info) {
  Json tags = {"security", "sandbox-escape"};
  if (!info.category.empty()) tags.push_back(safe_line(info.category, 100));
  if (info.cwe > 0) tags.push_back(fmt::format("external/cwe/cwe-{:03}", info.cwe));
  if (!info.attack.empty()) tags.push_back("external/attack/" + safe_line(info.attack, 100));
  return tags;
}

}  // namespace

std::string sarif_text(std::string_view text, std::size_t limit) {
  std::string safe;
  for (const char c : safe_line(text, limit / 2)) {
    if (c == '(' && !safe.empty() && safe.back() == ']') safe += ' ';
    safe += c;
    if (c == '{' || c == '}') safe += c;
  }
  return safe_line(safe, limit);
}

std::vector<CaseInfo> sarif_cases(const RunRecord& record) {
  std::vector<CaseInfo> cases;
  std::set<std::string> known;
  for (const CaseInfo& info : record.cases) {
    if (known.insert(info.id).second) cases.push_back(info);
  }
  for (const Finding& finding : record.findings) {
    if (!known.insert(finding.case_id).second) continue;
    CaseInfo info;
    info.id = finding.case_id;
    info.category = finding.category;
    cases.push_back(info);
  }
  return cases;
}

Json sarif_rule(const CaseInfo& info) {
  return {
      {"id", safe_line(info.id, 200)},
      {"name", pascal_case(info.id)},
      {"shortDescription", {{"text", sentence(info.title, info.id.empty() ? "Unnamed" : info.id)}}},
      {"fullDescription", {{"text", sentence(info.why, info.title.empty() ? "Not described" : info.title)}}},
      {"help", {{"text", help(info, false)}, {"markdown", help(info, true)}}},
      {"defaultConfiguration", {{"level", "error"}}},
      {"properties",
       {{"tags", tags_of(info)}, {"precision", "very-high"}, {"security-severity", security_severity(info.severity)}}}};
}

}  // namespace bottle
