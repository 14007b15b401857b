// As Bencher Metric Format: cold starts with their interval, ratios, CPU, memory and phases.
#pragma once

#include <string>

#include "reports/bench/report.h"

namespace bottle {

std::string bencher_json(const BenchReport& report);

}  // namespace bottle
