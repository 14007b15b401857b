// Every counted sample of every contender as a dot, with the median and its interval.
#pragma once

#include "reports/bench/report.h"
#include "reports/svg/picture.h"

namespace bottle {

Picture strip_plot(const BenchReport& report);

}  // namespace bottle
