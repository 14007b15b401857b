// `bottle-hand hold`: process 1 of a container that has nothing to do but to be there.
#pragma once

#include "harness/result.h"

namespace bottle::hand {

// Says "ready" on stdout, reaps orphans, and comes back at end of file on stdin or on SIGTERM.
Result<void> hold();

}  // namespace bottle::hand
