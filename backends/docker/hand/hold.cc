#include "backends/docker/hand/hold.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include <array>

#include "backends/docker/hand/incoming.h"
#include "backends/docker/hand/signals.h"

namespace bottle::hand {

Result<void> hold() {
  BOTTLE_TRY(const Fd signals, signal_descriptor({SIGCHLD, SIGTERM}));
  constexpr std::string_view kReady = "ready\n";
  if (::write(STDOUT_FILENO, kReady.data(), kReady.size()) < 0) return fail_os("stdout");
  for (;;) {
    std::array<pollfd, 2> watched{{{STDIN_FILENO, POLLIN, 0}, {signals.get(), POLLIN, 0}}};
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return fail_os("poll");
    if (watched[0].revents != 0 && has_ended(STDIN_FILENO)) return {};
    for (int signal = 0; watched[1].revents != 0 && (signal = next_signal(signals)) != 0;) {
      if (signal == SIGTERM) return {};
    }
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
  }
}

}  // namespace bottle::hand
