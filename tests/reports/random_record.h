// Records that no runner would make: every string is hostile bytes, every number is anything. The same seed, the same
// record.
#pragma once

#include <cstdint>

#include "harness/record.h"

namespace bottle {

RunRecord random_record(std::uint32_t seed);

}  // namespace bottle
