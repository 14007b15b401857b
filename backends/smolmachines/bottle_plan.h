// What becomes of a description where a version of smolvm and a road are given: its addresses, its machine, what a
// reader of the record should know.
#pragma once

#include <string>
#include <vector>

#include "backends/smolmachines/alias_pool.h"
#include "backends/smolmachines/chosen_networks.h"
#include "backends/smolmachines/commands.h"
#include "backends/smolmachines/road.h"
#include "backends/smolmachines/smolvm.h"
#include "backends/smolmachines/wrongs.h"
#include "harness/bottle.h"
#include "harness/result.h"

namespace bottle::smolmachines {

struct Ground {
  Version version = {};
  Family family = {};
  Road road = Road::bridges;
  std::vector<std::string> taken = {};  // the engine's subnets
};

// Whether the bundle is published at an address of this host's, and of which pool that is.
bool is_published(const Family& family, Road road);
AliasPool pool_for(const Family& family);

// `alias`: where the bundle is published, if it is.
Addresses addresses_for(const Ground& ground, const ChosenNetworks& chosen, const std::string& alias);
// What it would be made from; launch() knows the artifact.
MachineSpec machine_for(const Plan& plan, const Family& family, const Wrongs& wrongs);
std::string guest_resolver(const Family& family, const Addresses& addresses);
// Facts, notes and what cannot be tried: all that follows from the ground and the addresses.
void describe(const Ground& ground, const Wrongs& wrongs, Plan& plan);

// Of a plan made earlier.
Road road_of(const Plan& plan);

}  // namespace bottle::smolmachines
