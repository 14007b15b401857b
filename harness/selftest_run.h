// Plays the self-test: one bottle for each hole and one that is sound, several side by side.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "harness/runner.h"
#include "harness/selftest.h"

namespace bottle {

struct SelftestInputs {
  RunInputs run = {};  // as for one run, without a hole
  std::vector<Hole> holes = {};
  int jobs = 1;
  // One for each bottle: backends are for one thread.
  std::function<Result<std::unique_ptr<Backend>>()> make_backend = {};
};

class SelftestObserver {
 public:
  virtual ~SelftestObserver() = default;
  // From any thread, one at a time.
  virtual void ran(const SelftestBottle& /*bottle*/, std::size_t /*done*/, std::size_t /*all*/) {}
};

// Bottles come in the order of the holes, the sound one first. `stop`: what has not begun is left out.
SelftestRecord run_selftest(const SelftestInputs& inputs, SelftestObserver& observer, const std::atomic<bool>& stop);

}  // namespace bottle
