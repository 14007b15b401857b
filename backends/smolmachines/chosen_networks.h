// Where the networks of a bottle will be, and that no other bottle of this host chooses the same meanwhile.
#pragma once

#include <string>
#include <vector>

#include "backends/docker/layout.h"
#include "backends/smolmachines/beyond.h"
#include "backends/smolmachines/road.h"
#include "harness/bottle.h"
#include "harness/fd.h"
#include "harness/result.h"

namespace bottle::smolmachines {

// A subnet that was chosen and is no network yet, which the engine would show: a socket bound at a port that stands for
// it, which the kernel gives to one process of the host and takes back when that ends. None: somebody has it, or the
// port; then another subnet will do.
Fd claim_subnet(const std::string& subnet);

struct ChosenNetworks {
  docker::Layout layout = {};
  Beyond beyond = {};
  std::vector<Fd> claims = {};  // to be held until they are made
};

// By the slug, and free of the engine's networks (`taken`), of this host's addresses and of other bottles' claims. On
// the loopback there is one `beyond`, which is no network.
Result<ChosenNetworks> choose_networks(const BottleSpec& spec, std::vector<std::string> taken, Road road);

}  // namespace bottle::smolmachines
