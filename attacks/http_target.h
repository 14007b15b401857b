// Who an HTTP exchange is for: the host in the URI, the address behind it, and what Host and SNI say of it.
#pragma once

#include <string>

#include "attacks/exchange.h"

namespace bottle {

std::string bracketed(const std::string& literal);  // as it stands in a URI

// Where the attack wants to go: the host in the URI, and the address behind it for a client that goes there itself.
void set_target(const Choice& choice, const Brief& brief, Exchange& exchange);

// What is said about the target besides its address: a lie where the choice asks for one.
void set_names(const Choice& choice, const Brief& brief, Exchange& exchange);

}  // namespace bottle
