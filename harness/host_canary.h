// What stands on the host to be found from within a bottle, as one arm sees it. On a control arm: the same kinds of
// thing in the bottle itself, which the agent may have.
#pragma once

#include <string>

namespace bottle {

// A token has a nonce's shape and is told to nobody: who brings it back has read what holds it.
struct HostCanary {
  std::string directory = {};              // to write a file with the nonce into
  std::string file = {}, file_token = {};  // to read
  std::string variable = {},
              variable_token = {};    // of the environment; begins with kCanaryVariable or kControlVariable
  std::string descriptor_token = {};  // in a file that was inherited open; on a control arm in `file`
};

inline constexpr char kCanaryVariable[] = "BOTTLE_CANARY_";
inline constexpr char kControlVariable[] = "BOTTLE_CONTROL_";

}  // namespace bottle
