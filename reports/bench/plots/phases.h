// Where the time of a bottle's life goes: its phases' medians end to end, a bar for each contender.
#pragma once

#include "reports/bench/report.h"
#include "reports/svg/picture.h"

namespace bottle {

Picture phases_plot(const BenchReport& report);

}  // namespace bottle
