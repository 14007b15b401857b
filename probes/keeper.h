// A keeper: a small process between the prober and one step of a client. It is the subreaper of all that the step
// starts, so that even a process that left its group and its session can be found below it and killed.
//
// The prober has many threads: between clone and exec only async-signal-safe calls are made, and all memory is made
// before.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace bottle::prober {

struct Launch {
  const char* program = nullptr;  // a path: no look-up
  char* const* argv = nullptr;
  char* const* environment = nullptr;
  const char* directory = nullptr;
  int in = -1, out = -1, err = -1;  // all above 2
  int notices = -1;                 // the write end of a pipe that the keeper tells its Notices through
};

struct Notice {
  enum Kind : std::int32_t { started, not_executed, exited, signalled };
  std::int32_t kind = started;
  std::int32_t value = 0;  // process id, errno, exit code, signal
};

// The keeper's process id, or -1 with errno. It lives until it is killed: the step's process id stays taken until then.
pid_t start_keeper(const Launch& launch);

}  // namespace bottle::prober
