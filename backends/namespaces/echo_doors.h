// The doors of an echo keeper: sockets in the network where the agent's client is, one for each protocol that the echo
// speaks.
#pragma once

#include <string>
#include <vector>

#include "harness/fd.h"
#include "harness/result.h"

namespace bottle::warden {

struct EchoDoor {
  enum class Kind { stream, datagram, ping, abstract };
  Kind kind = Kind::stream;
  int family = 0;
  Fd socket = {};
};

// In the caller's network, on its loopback; its loopback is waited for, a while. What this network cannot have (IPv6)
// is left out. `abstract`: a name to listen at, "@..."; empty: none.
Result<std::vector<EchoDoor>> open_echo_doors(int port, const std::string& abstract);

// A socket to the lab's echo, in the caller's network, for what came in by such a door.
Fd dial_echo(const EchoDoor& door, int port, const std::string& abstract);

}  // namespace bottle::warden
