// Waiting with an end: instants after which to give up, each with the word that says whose patience it was.
#pragma once

#include <chrono>

#include "probes/errno_name.h"

namespace bottle::prober {

using Clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC

struct Deadline {
  Clock::time_point at = {};
  const char* name = "TIMEOUT";  // "TIMEOUT": the action's; "DEADLINE": the batch's; "NOREPLY": read_ms

  bool passed() const { return Clock::now() >= at; }
  int left_ms() const;  // rounded up, for poll
};

Deadline sooner(Deadline a, Deadline b);
// `limit` from now, but not beyond `outer`.
Deadline within(std::chrono::milliseconds limit, const char* name, Deadline outer);

// Waits until the descriptor is ready for `events`; an error or a hang-up counts as ready. The trouble: the deadline's
// name.
Trouble wait_for(int fd, short events, Deadline deadline);

}  // namespace bottle::prober
