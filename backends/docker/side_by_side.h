// Several steps at once; all of them end before this does.
#pragma once

#include <functional>
#include <future>
#include <vector>

#include "harness/result.h"

namespace bottle::docker {

// The first error, in the order of the steps.
inline Result<void> side_by_side(const std::vector<std::function<Result<void>()>>& steps) {
  std::vector<std::future<Result<void>>> running;
  for (const auto& step : steps) running.push_back(std::async(std::launch::async, step));
  Result<void> first;
  for (auto& one : running) {
    const auto done = one.get();
    if (first && !done) first = done;
  }
  return first;
}

}  // namespace bottle::docker
