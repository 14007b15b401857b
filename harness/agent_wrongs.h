// What a hole does to the agent's side before the bottle starts: to its files and its environment. The words are those
// of a hole's `agent` list.
//
//   client-hook      the only scanner of pushes is a hook of the agent's own git (client_hook.h)
//   ca-untrusted     the agent's file of CAs holds another one
//   secret-missing   the secrets are not in the agent's environment
//   prober-missing   there is no prober
//   any other        is a behaviour of the impostor (fixtures/impostor/README.md), which stands in the prober's place;
//                    the real one lies beside it
#pragma once

#include <string>
#include <vector>

#include "harness/bottle.h"
#include "harness/result.h"
#include "harness/secrets.h"

namespace bottle {

inline constexpr const char* kImpostorVariable = "BOTTLE_IMPOSTOR";

struct AgentWrongs {
  bool client_hook = false;
  bool ca_untrusted = false;
  bool secret_missing = false;
  bool prober_missing = false;
  std::string impostor = {};  // its behaviour; empty: the prober is the real one

  static Result<AgentWrongs> parse(const std::vector<std::string>& words);
};

// `prober`: where the prober is in the agent's place. `impostor`: the program, where there is to be one.
void spoil_agent(const AgentWrongs& wrongs, const std::vector<Secret>& secrets, const std::string& prober,
                 std::string impostor, LaunchInputs& launch);

}  // namespace bottle
