#include "reports/outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

namespace bottle {
namespace {

std::string counted(int count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string_view meaning_of(int code) {
  switch (code) {
    case 0: return "all that was attempted is contained";
    case 1: return "something leaked";
    case 2: return "usage or configuration";
    case 3: return "not proven: nothing is known to leak, but not everything was shown to be contained";
    case 4: return "nothing was selected";
    case 5: return "the backend is not available";
    case 130: return "interrupted; what was known until then is reported";
    default: return "a bug of bottle-verify's own";
  }
}

// "a, b and 2 more cases", in the order of the findings.
std::string cases_that_leaked(const RunRecord& record) {
  constexpr std::size_t kNamed = 3;
  std::vector<std::string> ids;
  for (const Finding& finding : record.findings) {
    if (finding.verdict != Verdict::leaked || std::ranges::find(ids, finding.case_id) != ids.end()) continue;
    ids.push_back(finding.case_id);
  }
  const std::size_t named = std::min(ids.size(), kNamed);
  std::string text = ids[0];
  for (std::size_t i = 1; i < named; ++i) text += (i + 1 == ids.size() ? " and " : ", ") + ids[i];
  const std::size_t more = ids.size() - named;
  if (more > 0) text += fmt::format(" and {} more case{}", more, more == 1 ? "" : "s");
  return text;
}

std::string why_not_proven(const RunRecord& record, const Totals& totals, int code) {
  const auto all = static_cast<int>(record.findings.size());
  if (record.findings.empty()) return "nothing was attempted";
  if (totals.inconclusive == 0 && totals.error == 0) {
    if (totals.not_applicable == all) return "no attempt applies here: nothing was tried";
    if (record.complete && !record.interrupted) return fmt::format("the run ended with exit code {}", code);
    return fmt::format("{} judged, none leaked", counted(all, "attempt", "attempts"));
  }
  std::string text;
  if (totals.inconclusive > 0) text = fmt::format("{} inconclusive", totals.inconclusive);
  if (totals.error > 0) text += (text.empty() ? "" : " and ") + counted(totals.error, "error", "errors");
  return fmt::format("{} among {}; no leak was seen", text, counted(all, "attempt", "attempts"));
}

}  // namespace

Outcome outcome_of(const RunRecord& record) {
  const Totals totals = totals_of(record);
  Outcome outcome;
  outcome.code = exit_code_of(record);
  if (outcome.code == 0) outcome.code = record.exit_code;  // the run knows of something that no finding shows
  outcome.meaning = meaning_of(outcome.code);
  const int waived = waived_leaks(record);
  if (outcome.code == 0 && waived > 0) {
    outcome.meaning = "what leaked is waived, all else is contained";
    outcome.headline = "WAIVED";
    outcome.sentence = fmt::format("{} of {} got through and are waived: {}; {} contained", waived,
                                   counted(static_cast<int>(record.findings.size()), "attempt", "attempts"),
                                   cases_that_leaked(record), totals.contained);
  } else if (totals.leaked > 0) {
    outcome.headline = "LEAKED";
    outcome.sentence = fmt::format("{} of {} got through: {}", totals.leaked,
                                   counted(static_cast<int>(record.findings.size()), "attempt", "attempts"),
                                   cases_that_leaked(record));
  } else if (outcome.code == 0) {
    outcome.headline = "HELD";
    outcome.sentence =
        counted(totals.contained, "attempt", "attempts") + " contained, each shown to be visible without walls";
    if (totals.not_applicable > 0) outcome.sentence += fmt::format("; {} not applicable", totals.not_applicable);
  } else {
    outcome.headline = "NOT PROVEN";
    outcome.sentence = why_not_proven(record, totals, outcome.code);
  }
  if (record.interrupted) {
    outcome.sentence += "; the run was interrupted";
  } else if (!record.complete) {
    outcome.sentence += "; the run was cut short";
  }
  return outcome;
}

std::string strength_sentence(const RunRecord& record) {
  std::map<Strength, int> counts;
  for (const Finding& finding : record.findings) {
    if (finding.verdict == Verdict::contained) ++counts[finding.strength];
  }
  if (counts.empty()) return {};
  const auto number = [&](Strength strength) {
    return counts[strength] == 0 ? std::string("none") : std::to_string(counts[strength]);
  };
  return fmt::format("{} on what the harness saw, {} also on the bundle's log, {} also on the agent side's word",
                     number(Strength::harness), number(Strength::bundle), number(Strength::agent));
}

std::string title_of(const Finding& finding) {
  return finding.variant.empty() ? finding.case_id : fmt::format("{}[{}]", finding.case_id, finding.variant);
}

std::string_view words_for(Verdict verdict) {
  return verdict == Verdict::not_applicable ? "not applicable" : name_of(verdict);
}

std::string duration(std::int64_t nanoseconds) {
  const double s = static_cast<double>(std::max<std::int64_t>(nanoseconds, 0)) / 1e9;
  if (s < 0.0995) return fmt::format("{:.0f} ms", s * 1e3);
  return fmt::format("{:.{}f} s", s, s < 9.995 ? 2 : 0);
}

std::string seconds(std::int64_t nanoseconds) {
  return fmt::format("{:.3f}", static_cast<double>(std::max<std::int64_t>(nanoseconds, 0)) / 1e9);
}

const CaseInfo* case_of(const RunRecord& record, const Finding& finding) {
  const auto found = std::ranges::find(record.cases, finding.case_id, &CaseInfo::id);
  return found == record.cases.end() ? nullptr : &*found;
}

}  // namespace bottle
