// Declares and calls the factory of every item of CMakeLists.txt; never edited when a backend is added.
#include "backends/registry.h"

namespace bottle {

#define BOTTLE_ITEM(name) std::unique_ptr<Backend> make_backend_##name(const Install& install);
#include "backends.inc"
#undef BOTTLE_ITEM

std::vector<std::unique_ptr<Backend>> all_backends(const Install& install) {
  std::vector<std::unique_ptr<Backend>> backends;
#define BOTTLE_ITEM(name) backends.push_back(make_backend_##name(install));
#include "backends.inc"
#undef BOTTLE_ITEM
  return backends;
}

}  // namespace bottle
