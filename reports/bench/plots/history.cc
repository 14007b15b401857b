#include "reports/bench/plots/history.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/safe_text.h"
#include "reports/bench/history_rows.h"
#include "reports/bench/plots/axis.h"
#include "reports/bench/units.h"
#include "reports/columns.h"

namespace bottle {
namespace {

constexpr double kPanel = 190, kPanelFrom = 32, kPanelTo = 150, kTrendLeft = 62;

struct Usual {
  double low = 0, middle = 0, high = 0;
};

std::optional<Usual> usual_of(const Baseline& baseline, const std::string& contender) {
  const auto levels = baseline.find(contender);
  if (levels == baseline.end()) return std::nullopt;
  const auto level = levels->second.find(BenchMetric{});
  if (level == levels->second.end()) return std::nullopt;
  const auto& [ratio, slack, sessions] = level->second;
  return Usual{ratio / (1 + slack), ratio, ratio * (1 + slack)};
}

std::vector<HistoryRow> comparable_rows(const HistoryOfContender& contender) {
  std::vector<HistoryRow> rows;
  for (const HistoryRow& row : contender.rows)
    if (row.comparable && row.ratio) rows.push_back(row);
  return rows;
}

Scale ratio_scale(const std::vector<HistoryRow>& rows, const std::optional<Usual>& usual, double top) {
  double least = *rows.front().ratio, most = least;
  for (const HistoryRow& row : rows) least = std::min(least, *row.ratio), most = std::max(most, *row.ratio);
  if (usual) least = std::min(least, usual->low), most = std::max(most, usual->high);
  return Scale::around(least, most, top + kPanelTo, top + kPanelFrom);
}

double place_of(std::size_t index, std::size_t count) {
  const double share = count == 1 ? 0.5 : static_cast<double>(index) / static_cast<double>(count - 1);
  return kTrendLeft + 8 + share * (kPlotRight - kTrendLeft - 16);
}

void draw_frame(Picture& picture, const Scale& scale, const std::optional<Usual>& usual, double top) {
  if (usual) {
    const double high = scale.at(usual->high), low = scale.at(usual->low), middle = scale.at(usual->middle);
    picture.rectangle(kTrendLeft, high, kPlotRight - kTrendLeft, low - high, "band");
    picture.line(kTrendLeft, middle, kPlotRight, middle, "level");
  }
  for (const double tick : scale.ticks()) {
    picture.line(kTrendLeft, scale.at(tick), kPlotRight, scale.at(tick), "grid");
    picture.text(kTrendLeft - 6, scale.at(tick) + 4, fmt::format("{:g}", tick), "tick", Anchor::end);
  }
  picture.line(kTrendLeft, top + kPanelTo, kPlotRight, top + kPanelTo, "axis");
}

void draw_panel(Picture& picture, const std::string& name, const std::vector<HistoryRow>& rows,
                const std::optional<Usual>& usual, double top) {
  const Scale scale = ratio_scale(rows, usual, top);
  picture.text(kPlotLeft, top + 18, cut_to(safe_line(name), 50), "name");
  picture.text(kPlotRight, top + 18, usual ? "times native; green: what is usual" : "times native", "note",
               Anchor::end);
  draw_frame(picture, scale, usual, top);
  std::string line, dots;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double x = place_of(i, rows.size()), y = scale.at(*rows[i].ratio);
    line += fmt::format("{}{} {}", i == 0 ? "M" : "L", coordinate(x), coordinate(y));
    dots += fmt::format("M{} {}h0", coordinate(x), coordinate(y));
    if (!rows[i].change) continue;
    picture.line(x, top + kPanelFrom, x, top + kPanelTo, "change");
    const bool right = x < kPlotWidth / 2;
    picture.text(x + (right ? 5 : -5), top + kPanelFrom + 12,
                 percent_change(rows[i].change->after / rows[i].change->before), "note",
                 right ? Anchor::start : Anchor::end);
  }
  picture.path(line, "trend");
  picture.path(dots, "dots");
  picture.text(kTrendLeft, top + kPanelTo + 18, cut_to(safe_line(minute_of(rows.front().session->started)), 30),
               "tick");
  if (rows.size() > 1)
    picture.text(kPlotRight, top + kPanelTo + 18, cut_to(safe_line(minute_of(rows.back().session->started)), 30),
                 "tick", Anchor::end);
}

}  // namespace

Picture history_plot(const std::vector<BenchSession>& history, const Baseline& baseline) {
  Picture picture("history", "Cold starts from session to session",
                  "One panel for each contender: its ratio to native in each comparable session, a band over what is "
                  "usual, and a dashed line where the level changed. The numbers are in the table of sessions.");
  double top = 4;
  for (const HistoryOfContender& contender : history_by_contender(history)) {
    const std::vector<HistoryRow> rows = comparable_rows(contender);
    if (rows.empty()) continue;
    draw_panel(picture, contender.name, rows, usual_of(baseline, contender.name), top);
    top += kPanel;
  }
  if (top < kPanel) {
    picture.text(kPlotLeft, 24, "There are no comparable sessions.", "note");
    top = 40;
  }
  picture.resize(kPlotWidth, top);
  return picture;
}

}  // namespace bottle
