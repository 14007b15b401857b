// `bottle-hand exec`: one errand of the harness's. Files first, then the command; what came of it is the last line of
// stderr (hand_protocol.h).
#pragma once

#include "backends/docker/hand_protocol.h"

namespace bottle::hand {

// Reads what belongs to it from stdin. Says itself what went wrong; there is no other Error than its report.
docker::HandReport carry_out(const docker::HandErrand& errand);

}  // namespace bottle::hand
