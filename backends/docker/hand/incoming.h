// What comes to us on stdin: the errand, the files' bytes, and the end of file of a harness that is gone.
#pragma once

#include <cstdint>

#include "backends/docker/hand_protocol.h"
#include "harness/fd.h"
#include "harness/result.h"

namespace bottle::hand {

// Both take their bytes and not one more: what follows belongs to whoever reads next.
Result<docker::HandErrand> receive_errand(int from);
Result<Fd> receive_file(int from, std::uint64_t size);  // in memory, to be read from its start

// For a descriptor that poll() calls readable, and whose bytes nobody wants.
bool has_ended(int from);

}  // namespace bottle::hand
