// The echo, where a sandbox has a network of its own and no road out of it: doors on its loopback, and in its abstract
// names, that carry every word to the lab's echo and back. What stands behind them hears and logs, as for any bottle.
#pragma once

#include <sys/types.h>

#include <optional>
#include <set>
#include <string>

#include "backends/namespaces/places.h"
#include "backends/namespaces/put_file.h"
#include "harness/result.h"

namespace bottle::warden {

// A process that executes this very file; nothing: there is none but those that are known.
std::optional<pid_t> find_process_of(const FileIdentity& program, const std::set<pid_t>& known);

struct KeeperSpec {
  pid_t process = -1;         // in whose network the doors are opened
  int port = 0;               // of the lab's echo, which is in the network of `bundle`, and of the doors
  std::string abstract = {};  // the echo's abstract name, "@...", in the network of `agent`
};

// Starts it as a child of the caller, in a session of its own. On `reply` it says {"kept":true} once its doors are
// open, or what failed. It ends when it is killed.
Result<pid_t> start_echo_keeper(const KeeperSpec& spec, const NetworkNamespaces& networks, int reply);

}  // namespace bottle::warden
