#include "backends/docker/hand/signals.h"

#include <signal.h>
#include <sys/signalfd.h>

namespace bottle::hand {

Result<Fd> signal_descriptor(std::initializer_list<int> signals) {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : signals) ::sigaddset(&set, signal);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  Fd descriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!descriptor) return fail_os("signalfd");
  return descriptor;
}

int next_signal(const Fd& descriptor) {
  signalfd_siginfo told{};
  if (::read(descriptor.get(), &told, sizeof(told)) != static_cast<ssize_t>(sizeof(told))) return 0;
  return static_cast<int>(told.ssi_signo);
}

void unblock_all_signals() {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace bottle::hand
