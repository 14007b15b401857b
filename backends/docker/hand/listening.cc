#include "backends/docker/hand/listening.h"

#include <poll.h>

#include <algorithm>

#include "backends/docker/hand/incoming.h"
#include "backends/namespaces/tcp_listeners.h"

namespace bottle::hand {
namespace {

constexpr int kPauseMs = 2;

}  // namespace

Result<std::vector<int>> await_listeners(const std::vector<int>& ports, std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  BOTTLE_TRY(const auto listeners, warden::TcpListeners::open());
  for (bool over = false;;) {
    const auto all = listeners.ports();
    std::vector<int> found;
    std::copy_if(ports.begin(), ports.end(), std::back_inserter(found), [&](int port) { return all.contains(port); });
    if (over || found.size() == ports.size()) return found;
    pollfd stdin_ended{STDIN_FILENO, POLLIN, 0};
    const bool told = ::poll(&stdin_ended, 1, kPauseMs) > 0;
    over = (told && has_ended(STDIN_FILENO)) || std::chrono::steady_clock::now() >= until;
  }
}

}  // namespace bottle::hand
