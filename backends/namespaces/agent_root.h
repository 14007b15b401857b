// The agent's file system: a fresh tmpfs with read-only views of system directories, its own /proc, /dev and /tmp.
// Nothing of the host's /home, /root, /var, /srv or /etc is in it, but for certificates and the linker's cache.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/namespaces/host_root.h"
#include "backends/namespaces/identity.h"
#include "harness/fd.h"
#include "harness/result.h"

namespace bottle::warden {

// There from the beginning, as put_file() puts it.
struct FirstFile {
  std::string path = {};
  unsigned mode = 0644;
  Fd content = {};
};

struct RootSpec {
  std::string rootfs = {};  // empty: the host's system directories
  std::string resolver = {};
  Identity identity = {};
  std::string let_in =
      {};  // a directory of the host that is mounted at the same path, writable; empty: none, of course
  // This place is no agent's, but the host of a sandbox that makes walls of its own: then nothing above counts.
  std::optional<HostRoot> host = {};
  std::vector<FirstFile> files = {};
};

// In the caller's own mount and pid namespace, whose root it becomes; the old one is gone then.
Result<void> build_agent_root(const RootSpec& spec);

}  // namespace bottle::warden
