#include "harness/stopwatch.h"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <ctime>

namespace bottle {

std::int64_t monotonic_ns() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::vector<Phase> Stopwatch::phases() const {
  const std::lock_guard lock(mutex_);
  std::vector<Phase> sorted = phases_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Phase& a, const Phase& b) { return a.start_ns < b.start_ns; });
  return sorted;
}

}  // namespace bottle
