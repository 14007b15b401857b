// Whether somebody listens at the bundle's place, without dialling: a connection would be an arrival, or a client that a
// bundle under test has to survive.
#pragma once

#include <cstdint>
#include <vector>

#include "backends/namespaces/places.h"
#include "harness/fd.h"
#include "harness/result.h"

namespace bottle::warden {

struct ListenerWait {
  std::vector<int> ports = {};
  std::int64_t until_ns = 0;
  int program = 0;  // the wait is over when it has ended
  Fd reply = {};
  Fd table4 = {}, table6 = {};  // /proc/net/tcp{,6} of the bundle's network namespace

  static Result<ListenerWait> begin(const NetworkNamespaces& networks, std::vector<int> ports, int timeout_ms, int program);
  std::vector<int> listening() const;  // those of `ports` that are, now
};

}  // namespace bottle::warden
