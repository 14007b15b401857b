// What processes cost the machine. What the system does not tell is missing, never 0.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace bottle {

// Numbers of all that descend from this process, those that only wait for their parent too.
std::optional<std::vector<int>> descendants();

// The most that each of this process's descendants had resident, summed; what they share counts for each.
std::optional<std::int64_t> peak_bytes_of_descendants();

struct OwnUse {
  int descriptors = 0;
  std::int64_t resident_bytes = 0;
};
std::optional<OwnUse> own_use();

// "Pressure": percent of the last ten seconds in which something waited for a processor (PSI). Ticks since the start of
// the machine that went to somebody else's machine, and all.
struct MachineUse {
  std::optional<double> pressure = {};
  std::optional<std::int64_t> stolen = {}, all = {};
  double load = 0;
};
MachineUse machine_use();

}  // namespace bottle
