// Who an HTTP exchange is for: the host in the URI, the address behind it, and what Host and SNI say of it.
#pragma once

#include <string>
#include <vector>

#include "attacks/exchange.h"

namespace bottle {

inline const std::vector<std::string> kSpellings = {
    "none", "suffix", "substring", "first-label", "trailing-dot", "upper-case", "userinfo", "nul", "crlf"};

std::string bracketed(const std::string& literal);  // as it stands in a URI

// Where the attack wants to go: the host in the URI, and the address behind it for a client that goes there itself.
void set_target(const Choice& choice, const Brief& brief, Exchange& exchange);

// What is said about the target besides its address: a lie where the choice asks for one. After the message is set.
void set_names(const Choice& choice, const Brief& brief, Exchange& exchange);

}  // namespace bottle
