// Waits until somebody listens at the bundle's place, without dialling: a connection would be an arrival, or a client
// that a bundle under test has to survive.
#pragma once

#include <cstdint>
#include <vector>

#include "backends/namespaces/places.h"
#include "backends/namespaces/tcp_listeners.h"
#include "harness/fd.h"
#include "harness/result.h"

namespace bottle::warden {

struct ListenerWait {
  std::vector<int> ports = {};
  std::int64_t until_ns = 0;
  int program = 0;  // the wait is over when it has ended
  Fd reply = {};
  TcpListeners listeners = {};

  static Result<ListenerWait> begin(const NetworkNamespaces& networks, std::vector<int> ports, int timeout_ms,
                                    int program);
  std::vector<int> listening() const;  // those of `ports` that are, now
};

}  // namespace bottle::warden
