// All that a command has started, also what has left its session and its group: where other processes share our pid
// namespace that are neither the agent's nor ours to end.
#pragma once

#include <sys/types.h>

namespace bottle::hand {

// From now on who loses his parent among our descendants becomes our child.
void adopt_descendants();

// Kills our children, and theirs as they become ours, until none is left but `waited_for`, whom somebody else reaps.
void kill_descendants(pid_t waited_for);

}  // namespace bottle::hand
