#include "reports/bench/html_tables.h"

#include "reports/bench/history_rows.h"
#include "reports/bench/units.h"

namespace bottle {
namespace {

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
  open_table(html, "Cold starts: medians in milliseconds",
             {"Contender", "Median", "95 % interval", "p90", "p95", "p99", "Times native", "99 % interval", "CPU, ms",
              "Peak, MiB", "Samples", "Failed"},
             "cold-start-table");
  for (std::size_t i = 0; i < report.figures.size(); ++i) {
    const BenchFigures& figures = report.figures[i];
    const Summary& cold = figures.cold_start;
    html.open("tr");
    name_cell(html, report.session.contenders[i]);
    number_cell(html, milliseconds(cold.median));
    number_cell(html, milliseconds(figures.median_interval));
    for (const auto& percentile : {cold.p90, cold.p95, cold.p99}) number_cell(html, milliseconds(percentile));
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

void write_history_table(HtmlWriter& html, const std::vector<BenchSession>& history) {
  open_table(html, "Sessions: medians in milliseconds, ratios to native",
             {"Contender", "Session", "Commit", "What changed", "Median", "Times native", "Samples", "Failed"},
             "history-table", 4);
  for (const HistoryOfContender& contender : history_by_contender(history)) {
    for (const HistoryRow& row : contender.rows) {
      html.open("tr");
      html.leaf("th", contender.name, {{"scope", "row"}});
      html.leaf("td", minute_of(row.session->started));
      html.leaf("td", commit_of(*row.session));
      html.leaf("td", note_of(row), {{"class", row.change ? "doubt" : "faint"}});
      number_cell(html, milliseconds(row.median));
      number_cell(html, three_digits(row.ratio));
      number_cell(html, std::to_string(row.samples - row.failed));
      number_cell(html, std::to_string(row.failed), row.failed > 0 ? "bad" : "");
      html.close();
    }
  }
  close_table(html);
}

}  // namespace bottle
