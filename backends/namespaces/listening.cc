#include "backends/namespaces/listening.h"

#include <algorithm>

#include "backends/namespaces/protocol.h"

namespace bottle::warden {

Result<ListenerWait> ListenerWait::begin(const NetworkNamespaces& networks, std::vector<int> ports, int timeout_ms,
                                         int program) {
  ListenerWait wait;
  wait.ports = std::move(ports);
  wait.until_ns = now_ns() + std::int64_t{timeout_ms} * 1'000'000;
  wait.program = program;
  if (auto entered = enter_network(networks, "bundle"); !entered) return fail(entered.error());
  auto listeners = TcpListeners::open();
  if (auto back = enter_network(networks, "agent"); !back) return fail(back.error());
  if (!listeners) return fail(listeners.error());
  wait.listeners = std::move(*listeners);
  return wait;
}

std::vector<int> ListenerWait::listening() const {
  const auto all = listeners.ports();
  std::vector<int> found;
  std::copy_if(ports.begin(), ports.end(), std::back_inserter(found), [&](int port) { return all.contains(port); });
  return found;
}

}  // namespace bottle::warden
