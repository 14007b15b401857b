// The body of an HTTP request, and what is said about it: in each the secret lies where a scanner may not look.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "attacks/exchange.h"

namespace bottle {

inline const std::vector<std::string> kContents = {"form", "octets",    "late",           "multipart",    "json",
                                                   "gzip", "gzip-file", "truncated-gzip", "invalid-utf8", "deep-json"};

// An unknown content is a form: parameters are checked before.
void set_body(std::string_view content, const std::string& secret, Exchange& exchange);

}  // namespace bottle
