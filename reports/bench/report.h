// What every report of one session of cold starts is made from: the session, its figures, and what is known besides.
// Reports are pure functions of it: the same data, the same bytes.
#pragma once

#include <optional>
#include <vector>

#include "harness/bench/check.h"
#include "harness/bench/compare.h"
#include "harness/bench/figures.h"
#include "harness/bench/session.h"

namespace bottle {

struct BenchReport {
  BenchSession session = {};
  std::vector<BenchFigures> figures = {};  // of session.contenders, in their order
  // Where they were asked for:
  std::optional<BenchCheck> check = {};
  std::optional<BenchComparison> comparison = {};
  std::vector<BenchSession> history = {};  // this session last
  Baseline baseline = {};                  // the check's: what is usual
};

// Works the figures out once, for all the reports.
BenchReport bench_report(BenchSession session);

}  // namespace bottle
