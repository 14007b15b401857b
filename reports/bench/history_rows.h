// The history as rows: what a list, a CSV file and a picture of it have in common.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/bench/session.h"
#include "harness/stats/change_points.h"

namespace bottle {

struct HistoryRow {
  const BenchSession* session = nullptr;
  std::size_t samples = 0, failed = 0;     // warm-ups left out
  std::optional<double> median = {};       // ns
  std::optional<double> ratio = {};        // to native
  bool comparable = false;                 // with the last session
  std::optional<ChangePoint> change = {};  // a new level begins here
};

struct HistoryOfContender {
  std::string name = {};
  std::vector<HistoryRow> rows = {};  // the sessions that have it, in order

  const HistoryRow* row_of(const BenchSession& session) const;  // one of the history's own
};

// Every contender but native, the latest session's first.
std::vector<HistoryOfContender> history_by_contender(const std::vector<BenchSession>& history);

std::string note_of(const HistoryRow& row);          // "+12 % from here on", "not comparable", or nothing
std::string commit_of(const BenchSession& session);  // short, with "+" where the tree was dirty; kMissing: unknown

}  // namespace bottle
