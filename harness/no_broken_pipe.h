// Writing to a pipe whose reader has gone away would end us with SIGPIPE. Ignoring it for the process would be global
// state, so it is blocked for this thread while this lives, and the one that we caused is taken away again.
#pragma once

#include <signal.h>

namespace bottle {

class NoBrokenPipeSignal {
 public:
  NoBrokenPipeSignal();
  ~NoBrokenPipeSignal();
  NoBrokenPipeSignal(const NoBrokenPipeSignal&) = delete;
  NoBrokenPipeSignal& operator=(const NoBrokenPipeSignal&) = delete;

 private:
  sigset_t pipe_{}, before_{};
  bool was_pending_ = false;
};

}  // namespace bottle
