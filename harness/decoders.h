// Ways in which something may have been hidden. Each is pure, takes hostile bytes and never gives back more than
// kDecodedLimit. To add one: a function and a line in all_decoders().
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bottle {

inline constexpr std::size_t kDecodedLimit = 1u << 20;

struct Decoder {
  const char* name;
  // Every text that this way of reading gives; nothing when there is nothing to decode.
  std::vector<std::string> (*decode)(std::string_view bytes);
};

const std::vector<Decoder>& all_decoders();

std::string folded(std::string_view text);  // ASCII lower case

}  // namespace bottle
