// Hashes, encodings and randomness that both sides of a trial must agree on. Pure functions over bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bottle {

std::string sha256_hex(std::string_view bytes);

std::string to_hex(std::string_view bytes);               // lower case
std::string to_base64(std::string_view bytes);            // RFC 4648 section 4, padded
std::string to_base64url(std::string_view bytes);         // section 5, unpadded
std::string to_base32(std::string_view bytes);            // section 6, upper case, padded
std::string to_percent(std::string_view bytes);           // every byte as %XX
std::string to_percent_reserved(std::string_view bytes);  // only what is not unreserved (RFC 3986 2.3)

// Lenient: what is not of the alphabet ends the decoding; nothing when not a single byte came out.
std::optional<std::string> from_hex(std::string_view text);
std::optional<std::string> from_base64(std::string_view text);  // both alphabets, padding optional
std::optional<std::string> from_base32(std::string_view text);
std::string from_percent(std::string_view text);  // what is not %XX stays as it is

std::string random_bytes(std::size_t count);  // from the kernel
// `count` characters drawn without bias from `alphabet`.
std::string random_text(std::size_t count, std::string_view alphabet);

}  // namespace bottle
