// Writing to a pipe whose reader has gone away would end us with SIGPIPE. Ignoring it for the process would be global
// state, so where the kernel raises it in the thread that wrote it is blocked there while this lives, and the one that
// we caused is taken away again. errno stays what it was.
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
  [[maybe_unused]] sigset_t pipe_{}, before_{};
  [[maybe_unused]] bool was_pending_ = false;
};

}  // namespace bottle
