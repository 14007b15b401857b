// Where the lab's echo stands on this machine, for the switchboard that carries callers out of the bottle to it.
#pragma once

#include <functional>
#include <string>

#include "harness/fd.h"
#include "harness/result.h"

namespace bottle::attach {

struct EchoStand {
  Fd listening = {};
  std::function<Fd()> dial = {};
  // It stands in the network of the machine's process 1: whoever is in another, as in a container, has a loopback that
  // is not the machine's.
  bool is_the_machines = false;
};

// Whether an abstract socket of this name stands there. A Mac has no other network.
bool is_in_the_machines_network(const std::string& name);

// `name`: "@...", for where sockets have such names.
Result<EchoStand> stand_for_streams(const std::string& name);

}  // namespace bottle::attach
