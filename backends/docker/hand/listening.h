// `bottle-hand listening`: waits for somebody to listen, in this network namespace, without dialling.
#pragma once

#include <chrono>
#include <vector>

#include "harness/result.h"

namespace bottle::hand {

// Those of `ports` at which somebody listens: as soon as it is all of them, at the time limit, or when stdin ends.
Result<std::vector<int>> await_listeners(const std::vector<int>& ports, std::chrono::milliseconds limit);

}  // namespace bottle::hand
