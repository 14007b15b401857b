// The same exchange by a real client, curl.
#pragma once

#include "attacks/exchange.h"

namespace bottle {

// Fills the attempt's action and what it must say it sent.
void try_with_curl(const Exchange& exchange, Attempt& attempt);

}  // namespace bottle
