#include "reports/bench/plots/strip.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/safe_text.h"
#include "reports/bench/plots/axis.h"
#include "reports/bench/units.h"
#include "reports/columns.h"

namespace bottle {
namespace {

constexpr double kTop = 8, kStripRow = 62, kStripName = 16, kDotsFrom = 24, kDotsTo = 54;
constexpr double kGolden = 0.6180339887498949;  // successive multiples of it spread evenly, whatever their number

constexpr std::size_t kManySamples = 150;

struct Extent {
  double least = std::numeric_limits<double>::infinity(), most = 0;
};

Extent extent_of(const BenchReport& report) {
  Extent extent;
  for (const BenchFigures& figures : report.figures) {
    if (figures.cold_start.count == 0) continue;
    extent.least = std::min(extent.least, figures.cold_start.least);
    extent.most = std::max(extent.most, figures.cold_start.most);
  }
  return extent;
}

std::string dots_of(const Samples& samples, const Scale& scale, double top) {
  std::string data;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double aside = std::fmod(static_cast<double>(i + 1) * kGolden, 1.0);
    data += fmt::format("M{} {}h0", coordinate(scale.at(samples[i])),
                        coordinate(top + kDotsFrom + 3 + aside * (kDotsTo - kDotsFrom - 6)));
  }
  return data;
}

std::string strip_label_of(const BenchFigures& figures) {
  if (figures.cold_start.count == 0) return fmt::format("no measured sample, {} failed", figures.failed);
  std::string text = milliseconds(figures.cold_start.median) + " ms";
  if (std::isfinite(figures.median_interval.low)) text += fmt::format(" ({})", milliseconds(figures.median_interval));
  if (figures.ratio) text += fmt::format(", {} times native", three_digits(figures.ratio->estimate));
  text += fmt::format(", n {}", figures.cold_start.count);
  return figures.failed > 0 ? text + fmt::format(", {} failed", figures.failed) : text;
}

void draw_strip(Picture& picture, const BenchContender& contender, const BenchFigures& figures, const Scale& scale,
                double top) {
  picture.text(kPlotLeft, top + kStripName, cut_to(safe_line(contender.name), 34), "name");
  picture.text(kPlotRight, top + kStripName, strip_label_of(figures), "note", Anchor::end);
  picture.line(kPlotLeft, top + kDotsTo + 2, kPlotRight, top + kDotsTo + 2, "grid");
  if (figures.cold_start.count == 0) return;
  const Interval& interval = figures.median_interval;
  if (std::isfinite(interval.low) && std::isfinite(interval.high))
    picture.rectangle(scale.at(interval.low), top + kDotsFrom, scale.at(interval.high) - scale.at(interval.low),
                      kDotsTo - kDotsFrom, "range");
  const Samples samples = cold_starts(contender);
  picture.path(dots_of(samples, scale, top), samples.size() > kManySamples ? "dots fine" : "dots");
  const double middle = scale.at(figures.cold_start.median);
  picture.line(middle, top + kDotsFrom - 2, middle, top + kDotsTo + 2, "middle");
}

}  // namespace

Picture strip_plot(const BenchReport& report) {
  const Extent extent = extent_of(report);
  const auto rows = static_cast<double>(report.figures.size());
  const double bottom = kTop + rows * kStripRow;
  const Scale scale =
      Scale::of_durations(std::isfinite(extent.least) ? extent.least : 0, extent.most, kPlotLeft + 4, kPlotRight - 4);
  Picture picture("strip", "Cold starts, every sample",
                  "One row for each contender: a dot for each sample, a line at the median, and a box over its 95 % "
                  "interval. The numbers are in the table of cold starts.");
  draw_time_axis(picture, scale, kTop + kStripName + 4, bottom, "cold start");
  for (std::size_t i = 0; i < report.figures.size(); ++i)
    draw_strip(picture, report.session.contenders[i], report.figures[i], scale,
               kTop + static_cast<double>(i) * kStripRow);
  picture.resize(kPlotWidth, bottom + kAxisHeight);
  return picture;
}

}  // namespace bottle
