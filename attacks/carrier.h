// Shared by the techniques: how a secret is written down, its encoding and its shape as DNS labels; and where what is
// around the bottle is dialled.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/attempt.h"

namespace bottle {

inline const std::vector<std::string> kEncodings = {"raw", "percent", "base64", "hex", "base32", "escaped", "dotted"};
inline const std::vector<std::string> kSecretKinds = {"none", "anthropic", "aws", "generic"};
// Addresses around the bottle where the agent may reach nobody (Addresses::nearby).
inline const std::vector<std::string> kNearby = {"gateway", "subnet", "neighbour", "metadata"};

bool is_nearby(const std::string& target);
// A canary of the host, as it would be had past the walls: something may stand for the host's loopback there.
Endpoint canary_past_walls(const std::string& target, const Brief& brief);

// Lower-case and unpadded for base32 (host names fold case); `escaped` as in JSON, \u0041; `dotted` with a dot after
// every fourth character. An unknown encoding is raw: parameters are checked before.
std::string encode(std::string_view value, std::string_view encoding);

// "abc…60.def…60": labels of at most 60 bytes (RFC 1035 allows 63).
std::string as_labels(std::string_view text);

// The kind of secret that is carried; empty: none.
std::string carried_kind(const Choice& choice);

// The chosen secret's value on this arm, encoded as chosen; empty when none is carried, or on a control arm.
std::string carried_secret(const Choice& choice, const Brief& brief);

// The segment that the prober must say it sent.
std::pair<std::string, std::string> segment(const std::string& what, std::string_view bytes);

}  // namespace bottle
