// Plays a session: rounds, in each of which every contender lives once (in a burst: so many at once), in an order that
// is shuffled anew from the seed. Noise that comes and goes hits all of them alike.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "harness/bench/contender.h"
#include "harness/bench/session.h"

namespace bottle {

struct BenchInputs {
  BenchSession session = {};  // all but what is measured: mode, seed, rounds, host ...
  // For each contender, native first. Called once for each that lives at the same time: they are for one thread.
  std::vector<std::function<Result<std::unique_ptr<Contender>>()>> makers = {};
  std::chrono::seconds most{300};  // no round begins after that
};

class BenchObserver {
 public:
  virtual ~BenchObserver() = default;
  virtual void round(int /*done*/, int /*all*/) {}
};

// An Error is one of the making of contenders; from then on all is in the samples. `stop`: no further bottle is begun,
// what there is comes back, marked as interrupted.
Result<BenchSession> play_session(const BenchInputs& inputs, BenchObserver& observer, const std::atomic<bool>& stop);

}  // namespace bottle
