// What is taken away from a program before it starts: capabilities, new privileges, system calls, resources.
#pragma once

#include <linux/filter.h>

#include <span>
#include <vector>

#include "harness/result.h"

namespace bottle::warden {

// The agent's system call filter. Everything is allowed but what reaches for other namespaces, mounts, the kernel's
// internals or other address families: an agent is a developer's tool and must work.
class SeccompFilter {
 public:
  static Result<SeccompFilter> make();
  Result<void> install() const;  // wants no_new_privs
  // To a process that has been started before the filter was made.
  Result<void> send(int pipe) const;
  static Result<SeccompFilter> receive(int pipe);

 private:
  std::vector<sock_filter> program_;
};

// No capability can come back, not even by executing a file as root.
Result<void> keep_in_bounding_set(std::span<const int> capabilities);
Result<void> drop_all_capabilities();
Result<void> limit_resources();
Result<void> forbid_new_privileges();

}  // namespace bottle::warden
