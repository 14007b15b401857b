// How the ratio of each contender to native went over the sessions: the band of what is usual, and changes of level.
#pragma once

#include <vector>

#include "harness/bench/check.h"
#include "harness/bench/session.h"
#include "reports/svg/picture.h"

namespace bottle {

// A panel for each contender that has comparable sessions; where there are none, a picture that says so.
Picture history_plot(const std::vector<BenchSession>& history, const Baseline& baseline);

}  // namespace bottle
