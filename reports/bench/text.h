// A session for people at a terminal: one line a contender, the phases, and what to beware of.
#pragma once

#include <ostream>
#include <string>

#include "reports/bench/report.h"
#include "reports/console.h"

namespace bottle {

void write_bench(const BenchReport& report, std::ostream& out, const ConsoleStyle& style);
std::string bench_text(const BenchReport& report);  // without colours

}  // namespace bottle
