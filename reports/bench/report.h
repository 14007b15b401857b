// What every report of one session of cold starts is made from: the session, its figures, and what is known besides.
// Reports are pure functions of it: the same data, the same bytes.
#pragma once

#include <string_view>
#include <vector>

#include "harness/bench/figures.h"
#include "harness/bench/session.h"

namespace bottle {

struct BenchReport {
  BenchSession session = {};
  std::vector<BenchFigures> figures = {};  // of session.contenders, in their order
};

// Works the figures out once, for all the reports.
BenchReport bench_report(BenchSession session);

}  // namespace bottle
