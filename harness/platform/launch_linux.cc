// Everything above the highest number is closed at once, and so is what is free below it.
#include <algorithm>

#include "harness/platform/keep_only.h"

namespace bottle {

const int kKeepOnlyFlags = 0;

int keep_only(posix_spawn_file_actions_t& actions, const Kept& kept) {
  int highest = 2;
  for (const auto& [number, ours] : kept) highest = std::max(highest, number);
  for (int number = 3; number < highest; ++number) {
    const bool is_kept = std::any_of(kept.begin(), kept.end(), [&](const auto& one) { return one.first == number; });
    if (is_kept) continue;
    if (const int error = ::posix_spawn_file_actions_addclose(&actions, number); error != 0) return error;
  }
  return ::posix_spawn_file_actions_addclosefrom_np(&actions, highest + 1);
}

}  // namespace bottle
