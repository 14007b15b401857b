#include "reports/bench/plots/axis.h"

#include <fmt/format.h>

namespace bottle {

void draw_time_axis(Picture& picture, const Scale& scale, double top, double bottom, std::string_view label) {
  for (const double tick : scale.ticks()) {
    picture.line(scale.at(tick), top, scale.at(tick), bottom, "grid");
    picture.text(scale.at(tick), bottom + 16, round_duration(tick), "tick", Anchor::middle);
  }
  picture.line(kPlotLeft, bottom, kPlotRight, bottom, "axis");
  picture.text(kPlotRight, bottom + 34, std::string(label) + (scale.logarithmic() ? ", logarithmic scale" : ""), "note",
               Anchor::end);
}

std::string round_duration(double ns) {
  if (ns == 0) return "0";
  if (ns < 1e3) return fmt::format("{:g} ns", ns);
  if (ns < 1e6) return fmt::format("{:g} us", ns / 1e3);
  if (ns < 1e9) return fmt::format("{:g} ms", ns / 1e6);
  return fmt::format("{:g} s", ns / 1e9);
}

}  // namespace bottle
