#include "backends/docker/stragglers.h"

#include <algorithm>
#include <map>
#include <thread>

#include "backends/docker/layout.h"
#include "harness/platform/processes.h"
#include "harness/run_directory.h"

namespace bottle::docker {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kBetweenGlances{20};
constexpr std::chrono::milliseconds kKillTime{2'000};

// The directory of the run for which it works; empty: it is no such command.
std::string directory_in(const std::string& command_line) {
  const std::string mark = std::string(1, '\0') + kDirectoryLabel + "=";
  const auto at = command_line.find(mark);
  if (at == command_line.npos) return {};
  const auto start = at + mark.size();
  return command_line.substr(start, command_line.find('\0', start) - start);
}

// Of a process of this user's, a command of ours for a run that is dead. The mark comes first: if it is that process's
// then, so is what was read.
std::vector<ProcessMark> stragglers() {
  std::vector<ProcessMark> all;
  std::map<std::string, bool> is_dead;
  for (const RunningProcess& process : all_processes()) {
    if (!process.is_ours) continue;
    const auto mark = mark_of(process.pid);
    const std::string run = mark ? directory_in(arguments_of(process.pid)) : std::string();
    if (run.empty()) continue;
    const auto [known, asked] = is_dead.try_emplace(run, false);
    if (asked) known->second = !is_run_alive(run);
    if (known->second) all.push_back(*mark);
  }
  return all;
}

}  // namespace

std::vector<std::string> end_stragglers(std::chrono::milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  std::vector<ProcessMark> left;
  while (!(left = stragglers()).empty() && steady_clock::now() < deadline) std::this_thread::sleep_for(kBetweenGlances);
  std::vector<std::string> lines;
  for (const ProcessMark& straggler : left) {
    end_process(straggler, kKillTime);
    lines.push_back("process " + std::to_string(straggler.pid) + ", a command to the engine that did not end");
  }
  return lines;
}

}  // namespace bottle::docker
