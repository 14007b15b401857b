// Who is who: the user namespaces' id maps. Inside, the warden is root and the agent is 1000.
//
//            on the host          in the warden's namespace   in the agent's
//   root:    0                    0  (warden, lab, bundle)    -
//            2000000001           1000                        1000
//   others:  their own uid        0  (all)                    1000
#pragma once

#include <sys/types.h>

#include "harness/result.h"

namespace bottle::warden {

inline constexpr unsigned kAgentId = 1000;

struct Identity {
  unsigned agent_on_host = 0;    // 0: there is no second id to be had, the agent is the user itself
  unsigned agent_in_warden = 0;  // its uid and gid, as the warden sees them
};

Identity choose_identity();
// Writes the maps of a child that has just entered its own user namespace.
Result<void> map_warden(pid_t child, const Identity& identity);
Result<void> map_agent(pid_t child, const Identity& identity);

}  // namespace bottle::warden
