// `bottle-hand attend WORD PORT NAME`: stands in a bottle that runs already, as long as its stdin is held. On the
// loopback there, and at an abstract name, it opens the echo's doors; who comes in by them is carried to the other end
// of its stdin and stdout (backends/attach/switchboard.h).
#pragma once

#include <string>

#include "harness/result.h"

namespace bottle::hand {

// Says "WORD doors" on a line of its own, or "WORD shut" and why; then frames. Comes back when its stdin ends.
Result<void> attend(const std::string& word, int port, const std::string& abstract);

}  // namespace bottle::hand
