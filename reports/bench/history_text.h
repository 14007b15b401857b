// The history of cold starts for people and as CSV: for each contender its sessions, with its ratio to native and where
// its level changed. A list, not a verdict.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "harness/bench/session.h"
#include "reports/console.h"

namespace bottle {

void write_bench_history(const std::vector<BenchSession>& history, std::ostream& out, const ConsoleStyle& style);
std::string bench_history_csv(const std::vector<BenchSession>& history);  // a line for each session and contender

}  // namespace bottle
