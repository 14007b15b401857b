#include "probes/wait.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace bottle::prober {

int Deadline::left_ms() const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(at - Clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, 3'600'000));
}

Deadline sooner(Deadline a, Deadline b) { return b.at < a.at ? b : a; }

Deadline within(std::chrono::milliseconds limit, const char* name, Deadline outer) {
  return sooner({Clock::now() + limit, name}, outer);
}

Trouble wait_for(int fd, short events, Deadline deadline) {
  pollfd entry = {fd, events, 0};
  for (;;) {
    const int ready = ::poll(&entry, 1, deadline.left_ms());
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return errno_trouble(errno, "poll");
    if (deadline.passed()) return {deadline.name, {}};
  }
}

}  // namespace bottle::prober
