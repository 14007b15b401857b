// Reads bytes as UTF-8 one character at a time and writes each as itself or as a visible escape. No output byte is ever
// a control character; cleaning what is clean changes nothing.
#include "harness/safe_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace bottle {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

enum class Lines { keep, escape };

struct Character {
  std::uint32_t code = 0;
  std::size_t length = 1;
};

// The character at the front of `bytes`; nothing when it is not well-formed UTF-8 (RFC 3629: no overlong form, no
// surrogate).
std::optional<Character> character_at(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])); };
  const std::uint32_t lead = at(0);
  if (lead < 0x80) return Character{lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || bytes.size() < length) return std::nullopt;
  std::uint32_t code = lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xC0) != 0x80) return std::nullopt;
    code = code << 6 | (at(i) & 0x3F);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (overlong || surrogate || code > 0x10FFFF) return std::nullopt;
  return Character{code, length};
}

// What moves other text about, ends lines unseen, hides words from people, or may not stand in XML.
bool deceives(std::uint32_t code) {
  const bool direction = code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
                         (code >= 0x2066 && code <= 0x2069);
  const bool line_end = code == 0x2028 || code == 0x2029;
  const bool tag = code >= 0xE0000 && code <= 0xE007F;
  return direction || line_end || tag || code == 0xFFFE || code == 0xFFFF;
}

std::string escaped(std::string_view bytes, Lines lines) {
  std::string text;
  text.reserve(bytes.size());
  const auto plain = [](char c) { return c >= 0x20 && c < 0x7F; };
  while (!bytes.empty()) {
    if (plain(bytes.front())) {
      const auto run = static_cast<std::size_t>(std::ranges::find_if_not(bytes, plain) - bytes.begin());
      text += bytes.substr(0, run);
      bytes.remove_prefix(run);
      continue;
    }
    const auto character = character_at(bytes);
    const std::size_t length = character ? character->length : 1;
    const std::uint32_t code = character ? character->code : 0;
    if (!character) {
      text += kReplacement;
    } else if (lines == Lines::escape && (code == '\n' || code == '\t')) {
      text += code == '\n' ? "\\n" : "\\t";
    } else if ((code < 0x20 && code != '\n' && code != '\t') || code == 0x7F) {
      text += fmt::format("\\x{:02x}", code);
    } else if ((code >= 0x80 && code < 0xA0) || (deceives(code) && code < 0x10000)) {
      text += fmt::format("\\u{:04x}", code);
    } else if (deceives(code)) {
      text += fmt::format("\\U{:08x}", code);
    } else {
      text += bytes.substr(0, length);
    }
    bytes.remove_prefix(length);
  }
  return text;
}

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

std::string_view head_of(std::string_view text, std::size_t size) {
  if (size >= text.size()) return text;
  while (size > 0 && continues(text[size])) --size;
  return text.substr(0, size);
}

std::string_view tail_of(std::string_view text, std::size_t size) {
  if (size >= text.size()) return text;
  std::size_t start = text.size() - size;
  while (start < text.size() && continues(text[start])) ++start;
  return text.substr(start);
}

// Escaping never shrinks text, so `limit` bytes from either end are all that can be needed of it.
std::string cleaned(std::string_view bytes, std::size_t limit, Lines lines) {
  if (bytes.size() <= limit) {
    std::string whole = escaped(bytes, lines);
    if (whole.size() <= limit) return whole;
  }
  const std::string notice = fmt::format(" [... cut, {} bytes in all ...] ", bytes.size());
  const std::string head = escaped(bytes.substr(0, limit), lines);
  if (limit <= notice.size()) return std::string(head_of(head, limit));
  const std::string tail = escaped(bytes.substr(bytes.size() - std::min(bytes.size(), limit)), lines);
  const std::size_t room = limit - notice.size();
  std::string text(head_of(head, room - room / 2));
  text += notice;
  text += tail_of(tail, room / 2);
  return text;
}

}  // namespace

std::string safe_text(std::string_view bytes, std::size_t limit) { return cleaned(bytes, limit, Lines::keep); }

std::string safe_line(std::string_view bytes, std::size_t limit) { return cleaned(bytes, limit, Lines::escape); }

std::string without_returns(std::string text) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') text[kept++] = text[i];
  }
  text.resize(kept);
  return text;
}

}  // namespace bottle
