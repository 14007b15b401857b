// What of our descriptors a program that is started must not have.
#pragma once

#include <spawn.h>

#include "harness/platform/launch.h"

namespace bottle {

// Further flags for the attributes.
extern const int kKeepOnlyFlags;

// After `kept` was duplicated to its numbers: whatever else is open here, marked close-on-exec or not, is not open
// there. 0, or an errno.
int keep_only(posix_spawn_file_actions_t& actions, const Kept& kept);

}  // namespace bottle
