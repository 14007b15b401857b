#include "attacks/registry.h"

namespace bottle {

#define BOTTLE_ITEM(name) Technique make_technique_##name();
#include "attacks.inc"
#undef BOTTLE_ITEM

std::vector<Technique> all_techniques() {
  return {
#define BOTTLE_ITEM(name) make_technique_##name(),
#include "attacks.inc"
#undef BOTTLE_ITEM
  };
}

}  // namespace bottle
