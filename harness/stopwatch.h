// The phases of a run, by the monotonic clock. Thread-safe: the arms run side by side.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "harness/record.h"

namespace bottle {

std::int64_t monotonic_ns();
std::int64_t processor_time_ns();  // of this process, and of its descendants that have ended and were waited for
std::string utc_now();  // "2026-11-21T03:24:00Z"

class Stopwatch {
 public:
  explicit Stopwatch(std::function<void(const std::string&)> on_phase = {})
      : began_(monotonic_ns()), on_phase_(std::move(on_phase)) {}

  std::int64_t now() const { return monotonic_ns() - began_; }
  void begin(const std::string& name) {
    if (on_phase_) on_phase_(name);
  }
  void end(const std::string& name, std::int64_t start) {
    const std::lock_guard lock(mutex_);
    phases_.push_back({name, start, now() - start});
  }
  // Phases measured by someone else, from `offset` on.
  void take(const std::vector<Phase>& phases, std::int64_t offset) {
    const std::lock_guard lock(mutex_);
    for (Phase phase : phases) {
      phase.start_ns += offset;
      phases_.push_back(phase);
    }
  }
  std::vector<Phase> phases() const;

  // Times a piece of work: what `work` returns is returned.
  template <class Work>
  auto time(const std::string& name, Work work) {
    begin(name);
    const std::int64_t start = now();
    auto result = work();
    end(name, start);
    return result;
  }

 private:
  std::int64_t began_;
  std::function<void(const std::string&)> on_phase_;
  mutable std::mutex mutex_;
  std::vector<Phase> phases_;
};

}  // namespace bottle
