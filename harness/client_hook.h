// The agent-side wrong `client-hook`: the only scanner of pushes is a hook of the agent's own git.
#pragma once

#include <vector>

#include "harness/bottle.h"
#include "harness/secrets.h"

namespace bottle {

// A pre-push hook that refuses what holds one of these secrets.
AgentFile client_hook(const std::vector<Secret>& secrets);

// Puts the hook into the agent's place, and tells every git there of it.
void plant_client_hook(const std::vector<Secret>& secrets, LaunchInputs& launch);

}  // namespace bottle
