#include "harness/platform/no_broken_pipe.h"

#include <pthread.h>
#include <time.h>

#include <cerrno>

namespace bottle {

NoBrokenPipeSignal::NoBrokenPipeSignal() {
  sigset_t pending;
  ::sigpending(&pending);
  was_pending_ = ::sigismember(&pending, SIGPIPE) == 1;
  ::sigemptyset(&pipe_);
  ::sigaddset(&pipe_, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
}

NoBrokenPipeSignal::~NoBrokenPipeSignal() {
  const int code = errno;
  const timespec now{};
  if (!was_pending_) {
    while (::sigtimedwait(&pipe_, nullptr, &now) < 0 && errno == EINTR) {
    }
  }
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  errno = code;
}

}  // namespace bottle
