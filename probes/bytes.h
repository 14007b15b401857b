// Bytes as they travel in a batch and in its report: base64 and SHA-256.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bottle::prober {

std::string to_base64(std::string_view bytes);                  // padded
std::optional<std::string> from_base64(std::string_view text);  // strict: padded, nothing else in it
std::string sha256_hex(std::string_view bytes);

}  // namespace bottle::prober
