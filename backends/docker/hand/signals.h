// Signals as something to poll: blocked, and read from a descriptor. That also works for process 1, which the kernel
// spares those signals for which it has no handler.
#pragma once

#include <initializer_list>

#include "harness/fd.h"
#include "harness/result.h"

namespace bottle::hand {

Result<Fd> signal_descriptor(std::initializer_list<int> signals);
int next_signal(const Fd& descriptor);  // 0: there is none
void unblock_all_signals();             // in a child, before it becomes another program

}  // namespace bottle::hand
