// Runs a batch: workers take its actions, a watchdog ends it at its deadline.
#pragma once

#include "probes/batch.h"

namespace bottle::prober {

// Writes the whole report to stdout and ends the process: threads that hang in a dead file system cannot be joined.
// Exit 0, or 1 when stdout is gone.
[[noreturn]] void run_batch(const Batch& batch);

}  // namespace bottle::prober
