#include "reports/bench/plots/phases.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/safe_text.h"
#include "reports/bench/plots/axis.h"
#include "reports/bench/units.h"
#include "reports/columns.h"

namespace bottle {
namespace {

constexpr double kLegend = 34, kBarRow = 54, kBarName = 16, kBarFrom = 22, kBarHeight = 22, kRoomForDigit = 12;

// Those that follow each other; preparing and the warm exec stand for themselves, in the table.
constexpr std::array kStacked = {BenchPhase::create, BenchPhase::start, BenchPhase::first_exec, BenchPhase::ready,
                                 BenchPhase::teardown};

double median_of(const BenchFigures& figures, BenchPhase phase) {
  for (const PhaseFigures& found : figures.phases)
    if (found.phase == phase && found.summary.count > 0) return found.summary.median;
  return 0;
}

double length_of(const BenchFigures& figures) {
  double sum = 0;
  for (const BenchPhase phase : kStacked) sum += median_of(figures, phase);
  return sum;
}

void draw_legend(Picture& picture) {
  double x = kPlotLeft;
  for (std::size_t i = 0; i < kStacked.size(); ++i) {
    const std::string_view name = name_of(kStacked[i]);
    picture.rectangle(x, 6, 16, 16, fmt::format("box fill-{}", i + 1));
    picture.text(x + 8, 18, std::to_string(i + 1), "inside", Anchor::middle);
    picture.text(x + 22, 18, name, "note");
    x += 46 + 7.5 * static_cast<double>(name.size());
  }
}

// The digits say which phase is which to whom the colours say nothing.
void draw_bar(Picture& picture, const BenchFigures& figures, const Scale& scale, double top) {
  double sum = 0;
  for (std::size_t i = 0; i < kStacked.size(); ++i) {
    const double length = median_of(figures, kStacked[i]);
    if (length <= 0) continue;
    const double from = scale.at(sum), to = scale.at(sum += length);
    picture.rectangle(from, top, to - from, kBarHeight, fmt::format("box fill-{}", i + 1));
    if (to - from >= kRoomForDigit)
      picture.text((from + to) / 2, top + 15, std::to_string(i + 1), "inside", Anchor::middle);
  }
}

}  // namespace

Picture phases_plot(const BenchReport& report) {
  double most = 0;
  for (const BenchFigures& figures : report.figures) most = std::max(most, length_of(figures));
  const double bottom = kLegend + static_cast<double>(report.figures.size()) * kBarRow;
  const Scale scale = Scale::of_durations(0, most, kPlotLeft, kPlotRight - 4);
  Picture picture("phases", "Phases of a bottle's life",
                  "One bar for each contender: the medians of create, start, first_exec, ready and teardown, end to "
                  "end. The numbers are in the table of phases.");
  draw_legend(picture);
  draw_time_axis(picture, scale, kLegend, bottom, "sum of the phases' medians");
  for (std::size_t i = 0; i < report.figures.size(); ++i) {
    const double top = kLegend + static_cast<double>(i) * kBarRow;
    const double length = length_of(report.figures[i]);
    picture.text(kPlotLeft, top + kBarName, cut_to(safe_line(report.session.contenders[i].name), 60), "name");
    picture.text(kPlotRight, top + kBarName, length > 0 ? with_unit(length) : "no phase was measured", "note",
                 Anchor::end);
    draw_bar(picture, report.figures[i], scale, top + kBarFrom);
  }
  picture.resize(kPlotWidth, bottom + kAxisHeight);
  return picture;
}

}  // namespace bottle
