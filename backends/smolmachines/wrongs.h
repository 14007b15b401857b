// What can be wrong on purpose with a machine's walls: words of holes (fixtures/holes), each a policy that somebody
// had.
#pragma once

#include <string>
#include <vector>

#include "backends/smolmachines/state_database.h"
#include "backends/smolmachines/version.h"
#include "harness/bottle.h"
#include "harness/result.h"

namespace bottle::smolmachines {

struct Wrongs {
  Cidrs besides = {};            // allowed besides the bundle's address
  int width = 32;                // of the bundle's own
  bool shared_loopback = false;  // the bundle is published at 127.0.0.1, which is then what is allowed
  bool localhost_only = false;   // smolvm's --outbound-localhost-only besides
  bool unreachable = false;      // what is allowed is not the bundle
};

// Fault::unsupported: this backend, or a machine behind this wall, cannot get that wrong.
Result<Wrongs> parse_wrongs(const std::vector<std::string>& words, Wall wall, const Addresses& addresses);
// Fault::unsupported: of this bundle a machine cannot reach that (BottleSpec::reaches). `published`: its doors alone
// are, at an address of this host's.
Result<void> check_reach(const std::vector<std::string>& reaches, bool published);
std::vector<std::string> steps_of(const Wrongs& wrongs);  // for --dry-run

// What the machine may reach, then: sound, one address and nothing else. Without what `localhost_only` adds.
Cidrs allowed_for(const std::string& bundle, const Wrongs& wrongs);

}  // namespace bottle::smolmachines
