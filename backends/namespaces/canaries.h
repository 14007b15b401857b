// Listening sockets on the host at which nothing may ever arrive. They are bound here and handed to the lab: by the
// driver where the host is this machine, by the warden where it is a place of its own.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/fd.h"
#include "harness/result.h"

namespace bottle::warden {

struct Canary {
  std::string name = {};
  std::string where = {};  // "address:port", as bound, or the abstract name
  Fd socket = {};
};

// A socket at an IPv4 literal that nobody is heard at yet. Port 0: the kernel's choice. None: it cannot be bound.
Fd bound_at(const std::string& address, int port, int type);

// One socket, SOCK_STREAM (listening) or SOCK_DGRAM, at an IPv4 literal, as the lab wants it. Port 0: the kernel's
// choice. None: it cannot be bound.
Fd bind_at(const std::string& address, int port, int type);

// "host-loopback=127.0.0.1": a name and a literal of the host; the port is the kernel's choice. "host-abstract=@name":
// an abstract Unix socket; left out where the system has none.
Result<std::vector<Canary>> bind_canaries(const std::vector<std::string>& wanted);

}  // namespace bottle::warden
