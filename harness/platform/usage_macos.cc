// A Mac tells of other processes only to who is allowed to ask, so most of it is missing.
#include <array>
#include <cstdlib>

#include "harness/platform/usage.h"

namespace bottle {

std::optional<std::vector<int>> descendants() { return std::nullopt; }
std::optional<std::int64_t> peak_bytes_of_descendants() { return std::nullopt; }
std::optional<OwnUse> own_use() { return std::nullopt; }

MachineUse machine_use() {
  MachineUse use;
  std::array<double, 1> load{};
  if (::getloadavg(load.data(), 1) == 1) use.load = load[0];
  return use;
}

}  // namespace bottle
