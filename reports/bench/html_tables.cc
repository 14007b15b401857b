#include "reports/bench/html_tables.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/bench/history_rows.h"
#include "reports/bench/units.h"

namespace bottle {
namespace {

constexpr std::size_t kShownSessions = 100;

void name_cell(HtmlWriter& html, const BenchContender& contender) {
  html.leaf("th", contender.name, {{"scope", "row"}});
}

}  // namespace

void open_table(HtmlWriter& html, const std::string& caption, const std::vector<std::string>& heads,
                const std::string& id, std::size_t labels) {
  html.open("section", {{"class", "scroll"}, {"aria-labelledby", id}, {"tabindex", "0"}});
  html.open("table");
  html.leaf("caption", caption, {{"id", id}});
  html.open("thead");
  html.open("tr");
  for (std::size_t i = 0; i < heads.size(); ++i)
    html.leaf("th", heads[i], {{"scope", "col"}, {"class", i < labels ? "label" : "number"}});
  html.close();
  html.close();
  html.open("tbody");
}

void close_table(HtmlWriter& html) {
  html.close();
  html.close();
  html.close();
}

// A dash is read aloud as nothing or as "minus": the words say what it means.
void number_cell(HtmlWriter& html, const std::string& text, const std::string& more_classes) {
  const std::string classes = more_classes.empty() ? "number" : "number " + more_classes;
  if (text == kMissing) {
    html.leaf("td", "none", {{"class", classes + " faint"}});
  } else {
    html.leaf("td", text, {{"class", classes}});
  }
}

void write_cold_start_table(HtmlWriter& html, const BenchReport& report) {
  const bool p99 =
      std::ranges::any_of(report.figures, [](const auto& figures) { return figures.cold_start.p99.has_value(); });
  std::vector<std::string> heads{"Contender", "Median", "95 % interval", "p90", "p95"};
  if (p99) heads.emplace_back("p99");
  for (const char* head : {"Times native", "99 % interval", "CPU, ms", "Peak, MiB", "Samples", "Failed"})
    heads.emplace_back(head);
  open_table(html, "Cold starts: medians in milliseconds", heads, "cold-start-table");
  for (std::size_t i = 0; i < report.figures.size(); ++i) {
    const BenchFigures& figures = report.figures[i];
    const Summary& cold = figures.cold_start;
    html.open("tr");
    name_cell(html, report.session.contenders[i]);
    number_cell(html, milliseconds(cold.median));
    number_cell(html, milliseconds(figures.median_interval));
    number_cell(html, milliseconds(cold.p90));
    number_cell(html, milliseconds(cold.p95));
    if (p99) number_cell(html, milliseconds(cold.p99));
    number_cell(html, three_digits(figures.ratio ? std::optional(figures.ratio->estimate) : std::nullopt));
    number_cell(html, figures.ratio ? three_digits(figures.ratio->interval) : std::string(kMissing));
    number_cell(html, milliseconds(median_in(figures.cpu)));
    number_cell(html, mebibytes(median_in(figures.peak_bytes)));
    number_cell(html, std::to_string(cold.count));
    number_cell(html, std::to_string(figures.failed), figures.failed > 0 ? "bad" : "");
    html.close();
  }
  close_table(html);
}

void write_phase_table(HtmlWriter& html, const BenchReport& report) {
  std::vector<std::string> heads{"Contender"};
  for (const BenchPhase phase : kBenchPhases) heads.emplace_back(name_of(phase));
  open_table(html, "Phases: medians in milliseconds", heads, "phase-table");
  for (std::size_t i = 0; i < report.figures.size(); ++i) {
    html.open("tr");
    name_cell(html, report.session.contenders[i]);
    for (const PhaseFigures& phase : report.figures[i].phases) number_cell(html, milliseconds(phase.summary.median));
    html.close();
  }
  close_table(html);
}

// A session is a row, a contender a column; the CSV of the history has all the rest.
void write_history_table(HtmlWriter& html, const std::vector<BenchSession>& history) {
  const auto contenders = history_by_contender(history);
  std::vector<std::string> heads{"Session", "Commit", "What changed"};
  for (const HistoryOfContender& contender : contenders) heads.push_back(contender.name);
  const std::size_t from = history.size() - std::min(history.size(), kShownSessions);
  open_table(html, fmt::format("Times native, the last {} of {} sessions", history.size() - from, history.size()),
             heads, "history-table", 3);
  for (std::size_t i = from; i < history.size(); ++i) {
    std::string notes;
    std::vector<std::string> ratios;
    for (const HistoryOfContender& contender : contenders) {
      const HistoryRow* row = contender.row_of(history[i]);
      ratios.push_back(three_digits(row ? row->ratio : std::nullopt));
      if (row == nullptr || note_of(*row).empty()) continue;
      notes += (notes.empty() ? "" : ", ") + contender.name + ": " + note_of(*row);
    }
    html.open("tr");
    html.leaf("th", minute_of(history[i].started), {{"scope", "row"}});
    html.leaf("td", commit_of(history[i]));
    html.leaf("td", notes);
    for (const std::string& ratio : ratios) number_cell(html, ratio);
    html.close();
  }
  close_table(html);
}

}  // namespace bottle
