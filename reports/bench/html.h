// A session as one HTML file: figures in tables, the pictures beside them, what to beware of, how to read it.
#pragma once

#include <string>

#include "reports/bench/report.h"

namespace bottle {

std::string bench_html(const BenchReport& report);

}  // namespace bottle
