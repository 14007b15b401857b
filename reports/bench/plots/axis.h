// What the plots share: their width, and the axis of durations below them.
#pragma once

#include <string>
#include <string_view>

#include "reports/svg/picture.h"
#include "reports/svg/scale.h"

namespace bottle {

inline constexpr double kPlotWidth = 680, kPlotLeft = 12, kPlotRight = 668, kAxisHeight = 42;

// Ticks with grid lines from `top` to `bottom`, their labels and the axis' own under it. `scale` is of nanoseconds.
void draw_time_axis(Picture& picture, const Scale& scale, double top, double bottom, std::string_view label);

std::string round_duration(double ns);  // of a tick: "20 ms", "1 s"

}  // namespace bottle
