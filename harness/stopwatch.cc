#include "harness/stopwatch.h"

#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <ctime>

namespace bottle {

std::int64_t monotonic_ns() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::int64_t processor_time_ns() {
  std::int64_t sum = 0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage used{};
    ::getrusage(who, &used);
    for (const timeval& time : {used.ru_utime, used.ru_stime})
      sum += std::int64_t{time.tv_sec} * 1'000'000'000 + std::int64_t{time.tv_usec} * 1'000;
  }
  return sum;
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
