// What the smolmachines backend needs of this host, for `doctor` and before a run.
#pragma once

#include <string>
#include <vector>

#include "backends/docker/engine.h"
#include "backends/smolmachines/road.h"
#include "backends/smolmachines/smolvm.h"
#include "harness/bottle.h"

namespace bottle::smolmachines {

// The machine's part; the engine's, which the bundle needs, is docker's own preflight.
std::vector<Check> preflight(const Result<Smolvm>& smolvm, bool untested);

// What it needs of this host besides, once the engine is known.
std::vector<Check> road_preflight(const Family& family, Road road);

// Of a smolvm that takes images from a registry alone: whether that one's image is on the engine. Only a warning, as
// what was packed before needs none.
Check check_registry(const docker::Engine& engine, const std::string& image);

}  // namespace bottle::smolmachines
