// The host's own addresses that bottles stand at: at one of them a bottle's bundle is published, and it is all that the
// bottle may reach. One bottle each.
#pragma once

#include <string>
#include <vector>

#include "harness/fd.h"
#include "harness/result.h"

namespace bottle::smolmachines {

struct AliasPool {
  std::string base = {};  // "127.0.0."
  int first = 0, last = 0;

  std::string address(int number) const { return base + std::to_string(number); }
  std::vector<std::string> addresses() const;
};
// Of the loopback itself, for a wall of interception (PRD 0023): a list of loopback addresses alone stays as it is.
AliasPool loopback_aliases();
// For a guest behind a gateway, to whom the host's 127.0.0.0/8 is out of reach. The loopback interface has them.
AliasPool gateway_aliases();

// Ours as long as it lives: a socket bound at a port of the alias that nobody uses otherwise, which the kernel gives to
// one process of the machine and takes back when that ends.
struct Alias {
  std::string address = {};
  Fd reservation = {};
};

// The lowest that is free. Fault::unavailable: all are taken, or the host has none of them (until somebody adds them:
// the error has the line).
Result<Alias> take_alias(const AliasPool& pool);

// Another address of the host's loopback, where a bottle has nothing to look for: not `own`. Empty: there is none.
std::string other_loopback(const std::string& own);

// The line of a shell that adds all of them to this host's loopback interface.
std::string how_to_add(const AliasPool& pool);

}  // namespace bottle::smolmachines
