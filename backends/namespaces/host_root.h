// The file system of a host that is ours: what a sandbox that somebody else wrote finds when it is started for the
// `command` backend. It is this machine's, read-only, with homes, /run and /tmp of its own.
#pragma once

#include <string>
#include <vector>

#include "backends/namespaces/identity.h"
#include "harness/result.h"

namespace bottle::warden {

inline constexpr char kHostHome[] = "/home/agent";         // of the user there
inline constexpr char kSandboxScratch[] = "/run/sandbox";  // his, for what a sandbox needs to be started

struct HostRoot {
  bool as_root = false;                // the user there is root: some sandboxes cannot be started by anybody else
  std::vector<std::string> keep = {};  // files and folders that stay visible although they may lie in /tmp
  std::string resolver = {};
  std::string canary = {}, canary_at = {};  // a directory of ours, or none, and where it is seen, writable
};

// In the caller's own mount and pid namespace.
Result<void> build_host_root(const HostRoot& spec, const Identity& identity);

}  // namespace bottle::warden
