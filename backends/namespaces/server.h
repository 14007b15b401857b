// The warden at work: process 1 of the bottle. Answers requests, reaps, and ends with its control socket.
#pragma once

#include "backends/namespaces/confine.h"
#include "backends/namespaces/identity.h"
#include "backends/namespaces/places.h"

namespace bottle::warden {

// Returns when the driver has gone. Then process 1 ends, and with it everything in the bottle.
Result<void> serve(int control, const Identity& identity, const NetworkNamespaces& networks);

}  // namespace bottle::warden
