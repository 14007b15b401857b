// The canaries among the host's own files and in its environment: made for one run, in its directory. The bare arm
// finds them by right, on the host; the agent may find none of them.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/attempt.h"
#include "harness/bottle.h"
#include "harness/host_canary.h"
#include "harness/result.h"

namespace bottle {

inline constexpr char kAgentDirectory[] = "/run/bottle";  // in the bottle: what the agent is given
inline constexpr char kAgentScratch[] = "/tmp";           // where the agent may write

struct HostCanaries {
  std::filesystem::path directory = {};             // nobody but the bare arm may write there
  std::map<std::string, std::string> planted = {};  // what the harness put there: name -> content
  std::map<Arm, HostCanary> by_arm = {};            // each arm has tokens of its own; the shadow has the agent's
  HostSide bare = {}, agent = {};                   // for execs on the host; for a bottle that lets the agent have it
  std::string socket = {}, echo_socket = {};        // abstract names, "@..."; the second for the controls

  // `seen_at`: where the arms find the directory; empty: where it is. `agent_directory`: Plan::agent_directory.
  static Result<HostCanaries> set_out(const std::filesystem::path& run_directory,
                                      const std::filesystem::path& seen_at = {},
                                      const std::string& agent_directory = {});
  // What the agent may have, for the controls.
  AgentFile control_file() const;
  Environment control_environment() const;
};

}  // namespace bottle
