// By which road this host meets what stands around a machine: the bundle, and the lab that hears what gets past the
// wall. Over the engine's bridges, where this host stands on them; else, as with an engine in a virtual machine (every
// one on a Mac), over this host's own loopback: the bundle is published there, and the lab's addresses are there.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace bottle::smolmachines {

enum class Road { bridges, loopback };
std::string_view name_of(Road road);
std::optional<Road> road_named(const std::string& word);

// What this host is on now: one of the engine's networks ("172.17.0.0/16"), or none of them.
Road road_to(const std::vector<std::string>& subnets);

}  // namespace bottle::smolmachines
