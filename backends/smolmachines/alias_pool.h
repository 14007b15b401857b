// The host's loopback aliases that bottles stand at, 127.0.0.16 to .31 (PRD 0023): at one of them a bottle's bundle is
// published, and it is all that the bottle may reach. One bottle each.
#pragma once

#include <string>

#include "harness/fd.h"
#include "harness/result.h"

namespace bottle::smolmachines {

inline constexpr int kFirstAlias = 16, kLastAlias = 31;  // of 127.0.0.x

// Ours as long as it lives: a socket bound at a port of the alias that nobody uses otherwise, which the kernel gives to
// one process of the machine and takes back when that ends.
struct Alias {
  std::string address = {};
  Fd reservation = {};
};

// The lowest that is free. Fault::unavailable: all are taken, or the host has none of them (a Mac, until they are
// added: the error has the line).
Result<Alias> take_alias();

// Another address of the host's loopback, where a bottle has nothing to look for: not `own`.
std::string other_loopback(const std::string& own);

// The line that adds this alias on a Mac.
std::string how_to_add(const std::string& alias);

}  // namespace bottle::smolmachines
