// What the prober asks of the system in another way on each.
#pragma once

#include <sys/types.h>

#include <vector>

#include "probes/family.h"

namespace bottle::prober {

bool make_pipe(int (&ends)[2]);                       // close-on-exec
int make_socket(int family, int type, int protocol);  // close-on-exec, never blocks
bool bind_for_answers(int unix_datagram_socket);      // so that the other side has someone to answer, where that goes
std::vector<Family::Process> all_processes();         // none where they cannot be seen

// Below: async-signal-safe, for a child of a process with threads.

pid_t clone_process();       // runs no handlers of the C library's, as fork() would, where that can be avoided
void end_with_parent();      // SIGKILL when the parent ends; nothing where there is no such wish
void adopt_orphans();        // what our descendants leave behind becomes ours; nothing where it cannot
bool close_from(int first);  // false: only one by one
void close_on_exec_from(int first);

}  // namespace bottle::prober
