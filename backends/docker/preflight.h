// What the docker backend needs, for `doctor` and before a run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/docker/engine_facts.h"
#include "harness/bottle.h"
#include "harness/install.h"

namespace bottle::docker {

// `runtime`: what the user asked for; empty: the engine's default.
std::vector<Check> preflight(const Engine& engine, const Result<EngineFacts>& facts, const std::string& runtime,
                             const Install& install);

}  // namespace bottle::docker
