// As Google Benchmark's JSON (1.7), which its compare.py reads: one iteration a sample, phases as counters.
#pragma once

#include <string>

#include "reports/bench/report.h"

namespace bottle {

std::string google_benchmark_json(const BenchReport& report);

}  // namespace bottle
