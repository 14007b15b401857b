#include "reports/bench/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "harness/safe_text.h"
#include "reports/bench/units.h"
#include "reports/bench/verdicts.h"
#include "reports/bench/warnings.h"
#include "reports/columns.h"
#include "reports/outcome.h"
#include "reports/table.h"

namespace bottle {
namespace {

Piece number(std::string text, Tone tone = Tone::plain) {
  const bool missing = text == kMissing;
  return {std::move(text), missing ? Tone::faint : tone};
}

void write_cold_starts(Page& page, const BenchReport& report, int width) {
  Table table({"cold start", "ms", "95 %", "p90", "p95", "ratio", "99 %", "CPU ms", "MiB", "n", "failed"});
  for (std::size_t i = 0; i < report.session.contenders.size(); ++i) {
    const BenchFigures& figures = report.figures[i];
    const Summary& cold = figures.cold_start;
    const auto& ratio = figures.ratio;
    table.row({{report.session.contenders[i].name, Tone::strong},
               number(milliseconds(cold.median), Tone::strong),
               number(milliseconds(figures.median_interval)),
               number(milliseconds(cold.p90)),
               number(milliseconds(cold.p95)),
               number(three_digits(ratio ? std::optional(ratio->estimate) : std::nullopt), Tone::strong),
               number(ratio ? three_digits(ratio->interval) : std::string(kMissing)),
               number(milliseconds(median_in(figures.cpu))),
               number(mebibytes(median_in(figures.peak_bytes))),
               {std::to_string(cold.count)},
               {std::to_string(figures.failed), figures.failed > 0 ? Tone::bad : Tone::faint}});
  }
  table.write(page, width);
}

void write_phases(Page& page, const BenchReport& report, int width) {
  std::vector<std::string> heads{"phases, ms"};
  for (const BenchPhase phase : kBenchPhases) heads.emplace_back(name_of(phase));
  Table table(heads);
  for (std::size_t i = 0; i < report.session.contenders.size(); ++i) {
    std::vector<Piece> row{{report.session.contenders[i].name}};
    for (const PhaseFigures& phase : report.figures[i].phases)
      row.push_back(number(milliseconds(phase.summary.median)));
    table.row(std::move(row));
  }
  table.write(page, width);
}

void write_legend(Page& page) {
  page.text(
      0, {"native: the same payload without walls. cold start: from create until the payload's first byte. Times are "
          "medians; 95 %: where the true median lies, 19 times of 20. ratio: to native, round by round, with its "
          "99 % interval. -: no such thing here, or too few samples.",
          Tone::faint});
}

void write_warnings(Page& page, const BenchReport& report) {
  const auto warnings = warnings_of(report);
  if (!warnings.empty()) page.blank();
  for (const BenchWarning& warning : warnings)
    page.entry(0, {cut_to(safe_line(warning.about), kLongestLabel), warning.failure ? Tone::bad : Tone::doubt}, 14,
               {warning.text});
}

void write_title(Page& page, const BenchSession& session) {
  page.entry(
      0, {fmt::format("bottle-verify {} bench", cut_to(safe_line(session.tool_version), kLongestLabel)), Tone::strong},
      4, {fmt::format(" {}; seed {}", rounds_sentence(session), session.seed)});
  std::string where = minute_of(session.started) + " UTC";
  for (const char* fact : {"cpu", "cpus", "kernel"})
    if (const auto found = session.host.find(fact); found != session.host.end())
      where += fmt::format(", {}{}", found->second, fact == std::string_view("cpus") ? " processors" : "");
  if (const auto commit = session.git.find("commit"); commit != session.git.end())
    where += ", commit " + commit->second.substr(0, 12);
  page.text(0, {where, Tone::faint});
}

void write_verdicts(Page& page, const BenchReport& report) {
  if (report.check || report.comparison) page.blank();
  if (report.check) write_sentences(page, sentences_of(*report.check));
  if (report.comparison) write_sentences(page, sentences_of(*report.comparison));
}

// What the session says in a word: the verdict that was asked for, else whether there are figures.
Piece headline(const BenchReport& report) {
  if (report.session.interrupted) return {"INTERRUPTED", Tone::doubt};
  if (report.check || report.comparison) {
    const BenchSentence said = report.check ? headline_of(*report.check) : headline_of(*report.comparison);
    return {said.verdict + (said.about.empty() ? "" : " (" + said.about + ")"), said.tone};
  }
  const auto measured = [](const BenchFigures& figures) { return figures.cold_start.count > 0; };
  if (std::ranges::none_of(report.figures, measured)) return {"NOT MEASURED", Tone::bad};
  return {"MEASURED", std::ranges::all_of(report.figures, measured) ? Tone::good : Tone::doubt};
}

void write_last_line(Page& page, const BenchReport& report) {
  std::string text;
  std::size_t failed = 0;
  for (std::size_t i = 0; i < report.session.contenders.size(); ++i) {
    const BenchFigures& figures = report.figures[i];
    failed += figures.failed;
    text += text.empty() ? "" : ", ";
    text += report.session.contenders[i].name + " ";
    text += figures.cold_start.count > 0 ? with_unit(figures.cold_start.median) : "not measured";
    if (figures.ratio) text += fmt::format(" ({} x)", three_digits(figures.ratio->estimate));
  }
  if (failed > 0) text += fmt::format("; {} sample{} failed", failed, failed == 1 ? "" : "s");
  const int rounds = rounds_played(report.session);
  text += fmt::format("  ({} round{}, {})", rounds, rounds == 1 ? "" : "s", duration(report.session.wall));
  page.line({headline(report), {"  " + text}});
}

}  // namespace

void write_bench(const BenchReport& report, std::ostream& out, const ConsoleStyle& style) {
  Page page(out, style);
  if (!style.quiet) {
    write_title(page, report.session);
    page.blank();
    write_cold_starts(page, report, style.width);
    page.blank();
    write_phases(page, report, style.width);
    page.blank();
    write_legend(page);
    write_verdicts(page, report);
    write_warnings(page, report);
    page.blank();
  }
  write_last_line(page, report);
}

std::string bench_text(const BenchReport& report) {
  std::ostringstream text;
  write_bench(report, text, {});
  return text.str();
}

}  // namespace bottle
