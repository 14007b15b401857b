// The TCP ports at which somebody listens in a network namespace, of both families. Asked of sock_diag, in 0.1 ms;
// /proc/net/tcp walks every bucket of the kernel's connection table (4 ms and more), so it is only for kernels without.
#pragma once

#include <set>

#include "harness/fd.h"
#include "harness/result.h"

namespace bottle::warden {

class TcpListeners {
 public:
  // Of the caller's network namespace, also when it has moved on.
  static Result<TcpListeners> open();
  std::set<int> ports() const;

 private:
  Fd diagnosis_;
  Fd table4_, table6_;
};

}  // namespace bottle::warden
