#include "reports/console.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "harness/report.h"
#include "harness/safe_text.h"
#include "reports/evidence.h"
#include "reports/outcome.h"
#include "reports/page.h"

namespace bottle {
namespace {

constexpr std::size_t kShownInFull = 12;  // groups of findings; the record has them all
constexpr std::size_t kShownVariants = 6;

struct Look {
  std::string_view word;
  Tone tone;
};

Look look_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::contained: return {"held", Tone::good};
    case Verdict::leaked: return {"LEAKED", Tone::bad};
    case Verdict::inconclusive: return {"unproven", Tone::doubt};
    case Verdict::not_applicable: return {"n/a", Tone::faint};
    case Verdict::error: return {"error", Tone::doubt};
  }
  return {"error", Tone::doubt};
}

void write_head(Page& page, const RunRecord& record) {
  page.entry(0, {fmt::format("bottle-verify {}", record.tool_version), Tone::strong}, 4,
             {fmt::format(" backend {}, bundle {} ({}), profile {}", record.backend, record.bundle,
                          record.bundle_profile, record.profile)});
  std::string line = fmt::format("run {}, {}", record.run_id, record.started);
  for (const char* key : {"os", "kernel", "cpus"}) {
    const auto found = record.host.find(key);
    if (found == record.host.end()) continue;
    line += std::string_view(key) == "cpus" ? fmt::format(", {} cpus", found->second) : ", " + found->second;
  }
  page.text(0, {line, Tone::faint});
  if (!record.filters.empty()) page.text(0, {fmt::format("only {}", fmt::join(record.filters, " ")), Tone::faint});
  if (!record.hole.empty())
    page.text(0, {fmt::format("hole {}: this bottle is wrong on purpose", record.hole), Tone::doubt});
  for (const DaemonState& daemon : record.daemons) {
    if (daemon.address.empty() || daemon.listening) continue;
    page.text(0, {fmt::format("{} does not listen on {}", daemon.name, daemon.address), Tone::doubt});
  }
  for (const ProberRun& run : record.prober_runs) {
    if (run.complete) continue;
    page.text(0, {fmt::format("the prober's {} report is incomplete: {} of {} actions, {}{}", run.arm, run.reported,
                              run.actions, run.ending, run.truncated ? ", cut at the limit" : ""),
                  Tone::doubt});
  }
}

struct Row {
  std::string category;
  Totals totals;
  Verdict worst = Verdict::not_applicable;
  bool any = false;
};

// In the catalogue's order; a category whose cases made no finding has a row too, or its absence would go unseen.
std::vector<Row> rows_of(const RunRecord& record) {
  std::vector<std::string> order;
  std::map<std::string, RunRecord> parts;
  for (const CaseInfo& info : record.cases) {
    if (parts.try_emplace(info.category).second) order.push_back(info.category);
  }
  for (const Finding& finding : record.findings) {
    if (parts.try_emplace(finding.category).second) order.push_back(finding.category);
    parts[finding.category].findings.push_back(finding);
  }
  std::vector<Row> rows;
  for (const std::string& category : order) {
    const RunRecord& part = parts[category];
    Row row{category, totals_of(part), Verdict::not_applicable, !part.findings.empty()};
    for (const Finding& finding : part.findings) row.worst = worst(row.worst, finding.verdict);
    rows.push_back(row);
  }
  return rows;
}

// 79 columns in all with the categories of the catalogue.
constexpr int kWord = 9, kName = 19;
constexpr const char* kHeads[] = {"contained", "leaked", "inconclusive", "not applicable", "error"};
constexpr int kWidths[] = {10, 7, 13, 15, 6};

void write_row(Page& page, const Look& look, const Piece& name, int name_width, const Totals& totals) {
  const std::pair<int, Tone> cells[] = {{totals.contained, Tone::good},
                                        {totals.leaked, Tone::bad},
                                        {totals.inconclusive, Tone::doubt},
                                        {totals.not_applicable, Tone::plain},
                                        {totals.error, Tone::doubt}};
  std::vector<Piece> line{{fmt::format("{:<{}}", look.word, kWord), look.tone},
                          {fmt::format("{:<{}}", name.text, name_width), name.tone}};
  for (std::size_t i = 0; i < std::size(cells); ++i) {
    const auto& [count, tone] = cells[i];
    line.push_back(
        {fmt::format("{:>{}}", count == 0 ? "." : std::to_string(count), kWidths[i]), count == 0 ? Tone::faint : tone});
  }
  page.line(line);
}

void write_table(Page& page, const RunRecord& record) {
  const std::vector<Row> rows = rows_of(record);
  std::size_t width = kName;
  for (const Row& row : rows) width = std::max(width, std::min<std::size_t>(row.category.size() + 1, 40));
  const int name_width = static_cast<int>(width);
  std::string head = fmt::format("{:<{}}{:<{}}", "", kWord, "category", name_width);
  for (std::size_t i = 0; i < std::size(kHeads); ++i) head += fmt::format("{:>{}}", kHeads[i], kWidths[i]);
  page.line({{head, Tone::faint}});
  for (const Row& row : rows) {
    const Look look = row.any ? look_of(row.worst) : Look{"untried", Tone::doubt};
    write_row(page, look, {safe_line(row.category, 39)}, name_width, row.totals);
  }
  write_row(page, {"", Tone::plain}, {"all", Tone::strong}, name_width, totals_of(record));
  if (const std::string rests = strength_sentence(record); !rests.empty())
    page.entry(0, {"contained", Tone::faint}, kWord + 1, {"rests " + rests, Tone::faint});
}

// Variants of one case that came to the same end for the same reason.
struct Group {
  std::vector<const Finding*> findings;
  const Finding& first() const { return *findings.front(); }
};

std::vector<Group> groups_of(const RunRecord& record, Verdict verdict) {
  std::vector<Group> groups;
  std::map<std::pair<std::string, std::string>, std::size_t> known;
  for (const Finding& finding : record.findings) {
    if (finding.verdict != verdict) continue;
    const auto [at, is_new] = known.try_emplace({finding.case_id, finding.reason}, groups.size());
    if (is_new) groups.emplace_back();
    groups[at->second].findings.push_back(&finding);
  }
  return groups;
}

void write_group(Page& page, const RunRecord& record, const Group& group) {
  const Finding& finding = group.first();
  const CaseInfo* info = case_of(record, finding);
  const Look look = look_of(finding.verdict);
  const std::string word = finding.verdict == Verdict::leaked ? "LEAKED" : std::string(words_for(finding.verdict));
  page.blank();
  page.entry(0, {word, look.tone}, 14,
             {title_of(finding) + (info != nullptr ? fmt::format("  ({})", info->severity) : ""), Tone::strong});
  if (info != nullptr) page.text(14, {info->title, Tone::faint});
  page.text(14, {finding.reason});
  for (const EvidenceLine& line : evidence_of(finding)) {
    const Tone tone = line.side == Side::good ? Tone::good : line.side == Side::bad ? Tone::bad : Tone::faint;
    page.entry(4, {line.label, tone}, 14, {line.text});
  }
  const std::size_t others = group.findings.size() - 1;
  const std::size_t shown = std::min(others, kShownVariants);
  for (std::size_t i = 1; i <= shown; ++i)
    page.entry(4, {i == 1 ? "likewise" : "", Tone::faint}, 14, {group.findings[i]->variant});
  if (others > shown) page.text(14, {fmt::format("and {} more variants in the record", others - shown)});
  if (finding.verdict == Verdict::leaked && info != nullptr && !info->fix.empty())
    page.entry(4, {"fix", Tone::strong}, 14, {info->fix});
}

void write_findings(Page& page, const RunRecord& record, bool all) {
  std::size_t shown = 0, left = 0;
  for (const Verdict verdict : {Verdict::leaked, Verdict::error, Verdict::inconclusive}) {
    for (const Group& group : groups_of(record, verdict)) {
      if (!all && shown == kShownInFull) {
        left += group.findings.size();
        continue;
      }
      write_group(page, record, group);
      ++shown;
    }
  }
  if (left == 0) return;
  page.blank();
  page.text(
      0, {fmt::format("{} more findings that are not contained are in the record (-o json=FILE)", left), Tone::doubt});
}

void write_not_applicable(Page& page, const RunRecord& record, bool all) {
  const std::vector<Group> groups = groups_of(record, Verdict::not_applicable);
  if (groups.empty()) return;
  page.blank();
  const std::size_t shown = all ? groups.size() : std::min(groups.size(), kShownInFull);
  for (std::size_t i = 0; i < shown; ++i) {
    const Finding& first = groups[i].first();
    const std::string name = groups[i].findings.size() == 1
                                 ? title_of(first)
                                 : fmt::format("{} ({} variants)", first.case_id, groups[i].findings.size());
    page.entry(0, {i == 0 ? "not applicable" : "", Tone::faint}, 16, {fmt::format("{}: {}", name, first.reason)});
  }
  if (groups.size() > shown) page.text(16, {fmt::format("and {} more reasons in the record", groups.size() - shown)});
}

void write_contained(Page& page, const RunRecord& record) {
  page.blank();
  for (const Finding& finding : record.findings) {
    if (finding.verdict != Verdict::contained) continue;
    page.entry(0, {"held", Tone::good}, 14, {fmt::format("{}: {}", title_of(finding), finding.reason)});
  }
}

void write_time(Page& page, const RunRecord& record) {
  std::string text = duration(record.wall_ns);
  for (std::size_t i = 0; i < record.phases.size(); ++i) {
    text += fmt::format("{} {} {}", i == 0 ? ":" : ",", record.phases[i].name, duration(record.phases[i].took_ns));
  }
  if (const auto ours = record.backend_facts.find(kBeyondCommands); ours != record.backend_facts.end())
    text += fmt::format("; {} {}", kBeyondCommands, ours->second);
  page.entry(0, {"time", Tone::faint}, 6, {text, Tone::faint});
}

void write_meaning(Page& page, const RunRecord& record) {
  const Outcome outcome = outcome_of(record);
  page.entry(0, {"exit", Tone::faint}, 6, {fmt::format("{}: {}", outcome.code, outcome.meaning), Tone::faint});
}

void write_sentence(Page& page, const RunRecord& record) {
  const Outcome outcome = outcome_of(record);
  const Tone tone = outcome.headline == "HELD" ? Tone::good : outcome.headline == "LEAKED" ? Tone::bad : Tone::doubt;
  page.line(
      {{std::string(outcome.headline), tone}, {fmt::format("  {}  ({})", outcome.sentence, duration(record.wall_ns))}});
}

void write(const RunRecord& record, std::ostream& out) { write_console(record, out, {}); }

}  // namespace

void write_console(const RunRecord& record, std::ostream& out, const ConsoleStyle& style) {
  Page page(out, style);
  if (!style.quiet) {
    write_head(page, record);
    page.blank();
    write_table(page, record);
    write_findings(page, record, style.verbose);
    write_not_applicable(page, record, style.verbose);
    if (style.verbose) write_contained(page, record);
    page.blank();
    for (const std::string& note : record.notes) page.entry(0, {"note", Tone::doubt}, 6, {note});
    write_time(page, record);
    write_meaning(page, record);
  }
  write_sentence(page, record);
}

ReportFormat make_report_console() {
  return {"text", "for people: the table, what is not contained, one sentence", write};
}

}  // namespace bottle
