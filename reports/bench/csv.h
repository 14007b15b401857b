// As CSV (RFC 4180): one line a sample, warm-ups and failures included, an empty field for what is missing.
#pragma once

#include <string>

#include "reports/bench/report.h"

namespace bottle {

std::string bench_csv(const BenchReport& report);

}  // namespace bottle
