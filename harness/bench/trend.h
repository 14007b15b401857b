// How a contender went from session to session, and where its level changed.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "harness/bench/session.h"
#include "harness/stats/change_points.h"

namespace bottle {

struct Trend {
  std::vector<std::size_t> sessions = {};  // indices into the history: comparable to its last, with this contender
  Samples ratios = {};                     // to native's cold start, one each
  std::vector<ChangePoint> changes = {};   // `at` is an index into these two
};

Trend trend_of(const std::vector<BenchSession>& history, std::string_view contender,
               const ChangePointLimits& limits = {});

}  // namespace bottle
