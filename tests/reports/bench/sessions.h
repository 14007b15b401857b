// Sessions of every shape that a report must bear, made from a seed.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/bench/session.h"
#include "reports/bench/report.h"

namespace bottle {

// "typical", "burst", "hostile", "one-sample", "no-samples", "thousand", "failures-only", "no-native".
std::vector<std::pair<std::string, BenchSession>> sample_sessions();
BenchSession sample_session(const std::string& name);

// Of each of them, and "everything": with a history, a check, budgets and a comparison.
std::vector<std::pair<std::string, BenchReport>> sample_reports();
BenchReport sample_report(const std::string& name);

// `count` sessions of one machine, a day apart; from `change_at` on namespaces takes `factor` times as long.
std::vector<BenchSession> sample_history(std::size_t count, std::size_t change_at, double factor);

}  // namespace bottle
