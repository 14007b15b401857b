// Socket addresses: IP literals with a port, and Unix socket paths. Names are never resolved.
#pragma once

#include <sys/socket.h>

#include <optional>
#include <string>

#include "probes/errno_name.h"

namespace bottle::prober {

struct Address {
  sockaddr_storage storage = {};
  socklen_t size = 0;

  int family() const { return storage.ss_family; }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

// "10.0.0.1", "fd00::1", "fe80::1%eth0"; nothing for anything else.
std::optional<Address> ip_address(const std::string& literal, int port);

// A path, or "@name" for an abstract one. Trouble: ENAMETOOLONG.
Trouble unix_address(const std::string& path, Address& address);

}  // namespace bottle::prober
