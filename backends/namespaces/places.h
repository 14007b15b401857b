// The four network namespaces and what joins them:
//
//   agent ---- bundle ---- internet ---- outside
//
// `internet` takes every address for its own; `bundle` does not forward; `agent` has a route to its bundle and to
// nothing else, so any other dial ends with ENETUNREACH at once.
#pragma once

#include <map>
#include <string>

#include "backends/namespaces/network_plan.h"
#include "backends/namespaces/wrongs.h"
#include "harness/fd.h"
#include "harness/result.h"

namespace bottle::warden {

// By place: "agent", "bundle", "internet", "outside".
using NetworkNamespaces = std::map<std::string, Fd>;

// Makes them, or the agent's alone; the caller is in `agent` before and after, which is the namespace that it was born
// in.
Result<NetworkNamespaces> make_network_namespaces(bool agents_alone = false);
// What join_places() does for each place by itself, for the agent's.
Result<void> make_agent_ready(const NetworkNamespaces& namespaces, const NetworkPlan& plan, unsigned agent_group);
Result<void> join_places(const NetworkNamespaces& namespaces, const NetworkPlan& plan, const Wrongs& wrongs,
                         unsigned agent_group);
Result<void> enter_network(const NetworkNamespaces& namespaces, const std::string& place);

}  // namespace bottle::warden
