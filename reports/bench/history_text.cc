#include "reports/bench/history_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/bench/history_rows.h"
#include "reports/bench/units.h"
#include "reports/csv.h"
#include "reports/table.h"

namespace bottle {
namespace {

void write_history_of(Page& page, const HistoryOfContender& contender, int width) {
  Table table({contender.name, "commit", "ms", "times native", "n", "failed", ""});
  for (const HistoryRow& row : contender.rows) {
    const Tone tone = row.comparable ? Tone::plain : Tone::faint;
    table.row({{minute_of(row.session->started), tone},
               {commit_of(*row.session), tone},
               {milliseconds(row.median), tone},
               {three_digits(row.ratio), row.comparable ? Tone::strong : Tone::faint},
               {std::to_string(row.samples - row.failed), tone},
               {std::to_string(row.failed), row.failed > 0 ? Tone::bad : Tone::faint},
               {note_of(row), row.change ? Tone::doubt : Tone::faint}});
  }
  table.write(page, width);
}

std::string fact(const BenchSession& session, const char* name) {
  const auto found = session.git.find(name);
  return found == session.git.end() ? std::string() : found->second;
}

std::string digits(const std::optional<double>& value, int decimals) {
  return value ? fmt::format("{:.{}f}", *value, decimals) : std::string();
}

std::vector<std::string> fields_of(const std::string& contender, const HistoryRow& row) {
  const auto& change = row.change;
  return {row.session->started,
          row.session->tool_version,
          fact(*row.session, "commit"),
          fact(*row.session, "branch"),
          fact(*row.session, "dirty"),
          std::string(name_of(row.session->mode)),
          contender,
          std::to_string(row.samples),
          std::to_string(row.failed),
          digits(row.median, 0),
          digits(row.ratio, 6),
          row.comparable ? "true" : "false",
          change ? digits(change->before, 6) : "",
          change ? digits(change->after, 6) : "",
          change ? digits(change->p, 6) : ""};
}

}  // namespace

void write_bench_history(const std::vector<BenchSession>& history, std::ostream& out, const ConsoleStyle& style) {
  Page page(out, style);
  const auto contenders = history_by_contender(history);
  std::size_t changes = 0;
  for (const HistoryOfContender& contender : contenders) {
    changes += static_cast<std::size_t>(
        std::ranges::count_if(contender.rows, [](const HistoryRow& row) { return row.change.has_value(); }));
    if (style.quiet) continue;
    write_history_of(page, contender, style.width);
    page.blank();
  }
  if (!style.quiet && !contenders.empty())
    page.text(0, {"times native: the median ratio to native's cold start of the same round. not comparable: another "
                  "machine or other settings than the last session's, or cut short.",
                  Tone::faint});
  page.line({{fmt::format("{} session{}, {} change{} of level", history.size(), history.size() == 1 ? "" : "s", changes,
                          changes == 1 ? "" : "s")}});
}

std::string bench_history_csv(const std::vector<BenchSession>& history) {
  std::string text =
      csv_line({"started", "tool_version", "commit", "branch", "dirty", "mode", "contender", "samples", "failed",
                "median_ns", "times_native", "comparable", "level_before", "level_after", "p"});
  for (const HistoryOfContender& contender : history_by_contender(history))
    for (const HistoryRow& row : contender.rows) text += csv_line(fields_of(contender.name, row));
  return text;
}

}  // namespace bottle
