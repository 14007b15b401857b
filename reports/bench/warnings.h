// What a reader of a session must know before trusting its figures, in sentences: failures with their reasons,
// outliers, a slow first sample, an uneasy machine, rounds that were not played.
#pragma once

#include <string>
#include <vector>

#include "reports/bench/report.h"

namespace bottle {

struct BenchWarning {
  std::string about = {};  // a contender, or "session"
  std::string text = {};
  bool failure = false;  // samples failed; the rest puts figures in doubt
};
std::vector<BenchWarning> warnings_of(const BenchReport& report);

// "30 rounds", "12 of 30 rounds, interrupted", "30 bursts of 8 at once", with how they follow each other.
std::string rounds_sentence(const BenchSession& session);
int rounds_played(const BenchSession& session);  // warm-ups left out

}  // namespace bottle
