// The machine's processes: their marks, their ends and their arguments.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/fd.h"
#include "harness/result.h"

namespace bottle {

// A process that cannot be confused with a later one of the same number.
struct ProcessMark {
  int pid = 0;
  std::uint64_t start_ticks = 0;  // in the kernel's own unit: field 22 of /proc/PID/stat, microseconds on a Mac
};
Result<ProcessMark> mark_of(int pid);

// A descriptor that is readable, and stays so, once the process has ended, if nobody has waited for it yet, too. None
// (errno): there is no such process, unless it is a child of ours.
Fd watch_end(int pid);

bool has_ended(const ProcessMark& mark);  // also true of a zombie, which only waits for its parent
// SIGKILL, if it is still that process; waits until it has ended, but no longer than this.
void end_process(const ProcessMark& mark, std::chrono::milliseconds limit);

struct RunningProcess {
  int pid = 0;
  bool is_ours = false;  // of this user
};
std::vector<RunningProcess> all_processes();
// With a NUL after each, as far as a cap; empty: it is gone, or does not tell us.
std::string arguments_of(int pid);

}  // namespace bottle
