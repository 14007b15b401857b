// The only way in which words of the agent side reach a report or a terminal: valid UTF-8, no control characters.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bottle {

// Invalid UTF-8 becomes U+FFFD; C0 and C1 controls (but \n and \t), DEL, bidirectional overrides and U+FFFE/U+FFFF
// become visible escapes such as \x1b or \u202e; what is over `limit` bytes is cut in the middle and says so.
std::string safe_text(std::string_view bytes, std::size_t limit = 64u << 10);

// The same on one line: \n and \t are escaped too.
std::string safe_line(std::string_view bytes, std::size_t limit = 512);

// For people a protocol's line ends are no news: \r\n becomes \n. To be used before the other two.
std::string without_returns(std::string text);

}  // namespace bottle
