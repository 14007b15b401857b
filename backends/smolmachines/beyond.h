// A few addresses of the lab's internet that this host can dial: a small network in a range that is kept for documents,
// on which there are the host and the lab, and nobody else; or the same few on the host's own loopback. What gets past
// a machine's walls is heard there.
#pragma once

#include <string>
#include <vector>

#include "backends/smolmachines/alias_pool.h"
#include "harness/bottle.h"
#include "harness/result.h"

namespace bottle::smolmachines {

struct Beyond {
  std::string base = {};  // "203.0.113."
  int first = 0;          // of sixteen

  std::string address(int i) const { return base + std::to_string(first + i); }
  std::string subnet() const { return address(0) + "/28"; }
  std::string host() const { return address(1); }
  std::string lab() const { return address(2); }
  Addresses::Internet internet() const;
  AliasPool dialled() const;  // all that internet() has
};

// By the slug, and none that touches `taken` (subnets of the engine's networks) or an address of this host.
Result<Beyond> choose_beyond(const std::string& slug, const std::vector<std::string>& taken);
// The one on the loopback: 203.0.113.3 to .14.
Beyond loopback_beyond();
// The same, once somebody has added them. Fault::unavailable: those that are missing, and the line that adds them.
Result<Beyond> beyond_on_loopback();
// That of a plan made earlier, by its resolver's address.
Beyond beyond_with(const std::string& resolver);

}  // namespace bottle::smolmachines
