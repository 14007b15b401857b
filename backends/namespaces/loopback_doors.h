// Sockets for addresses of an internet that this host has on its own loopback: where an agent's traffic is the host's
// and no network of the lab's is in reach, what gets past the walls is heard there.
#pragma once

#include <string>
#include <vector>

#include "harness/bottle.h"
#include "harness/fd.h"
#include "harness/result.h"

namespace bottle::warden {

struct LoopbackDoors {
  std::vector<std::string> addresses = {};  // literals; for whoever listens: what was sent elsewhere is not for us
  std::vector<Fd> sockets = {};

  // What an attempt may dial there: DNS, HTTP and HTTPS, DNS over TLS, and a raw exchange.
  struct Ports {
    std::vector<int> streams = {53, 80, 443, 853, kNearbyPort};
    std::vector<int> datagrams = {53, kNearbyPort};
  };
  // At every address of the loopback interface and of no other, since an ordinary user of a Mac may bind a low port in
  // no other way. Fault::unavailable: somebody has one of the ports.
  static Result<LoopbackDoors> open(const std::vector<std::string>& addresses, const Ports& ports);
  static Result<LoopbackDoors> open(const std::vector<std::string>& addresses) { return open(addresses, Ports{}); }
};

}  // namespace bottle::warden
