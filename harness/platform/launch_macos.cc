// POSIX_SPAWN_CLOEXEC_DEFAULT: whatever is not named is closed, however it was opened. That is more than close-on-exec
// can give on a Mac, where a descriptor gets that mark only after it was made.
#include "harness/platform/keep_only.h"

namespace bottle {

const int kKeepOnlyFlags = POSIX_SPAWN_CLOEXEC_DEFAULT;

int keep_only(posix_spawn_file_actions_t&, const Kept&) { return 0; }

}  // namespace bottle
