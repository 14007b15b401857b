// What an HTTP exchange carries, and the same as the prober sends it, byte for byte.
#pragma once

#include <string>

#include "attacks/exchange.h"

namespace bottle {

// The nonce, and the secret where the choice wants it.
void set_message(const Choice& choice, const Brief& brief, Exchange& exchange);

// Fills the attempt's action and what it must say it sent.
void try_with_prober(const Exchange& exchange, Attempt& attempt);

}  // namespace bottle
