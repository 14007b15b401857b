// The history of a benchmark: a file with one session a line, which is only ever appended to. What was torn by a crash
// or written by another version is skipped with a word about it, and never in the way of the rest.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/bench/session.h"
#include "harness/result.h"

namespace bottle {

struct BenchHistory {
  std::vector<BenchSession> sessions = {};  // in the order of the file
  std::vector<std::string> warnings = {};   // "FILE:3: skipped: ..."
};

// Makes the file where there is none. Several may append at once; one that is killed in between leaves at most one torn
// line, which the next one ends.
Result<void> append_to_history(const std::filesystem::path& path, const BenchSession& session);

// os_errno ENOENT: there is no history yet.
Result<BenchHistory> read_history(const std::filesystem::path& path);

}  // namespace bottle
