#include "harness/decoders.h"

#include <zlib.h>

#include <algorithm>
#include <charconv>

#include "harness/digest.h"

namespace bottle {
namespace {

constexpr std::size_t kShortestRun = 16;  // shorter runs cannot hold a nonce or a secret

// Maximal runs of characters of an alphabet.
template <class InAlphabet>
std::vector<std::string_view> runs(std::string_view bytes, InAlphabet in_alphabet) {
  std::vector<std::string_view> found;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= bytes.size(); ++at) {
    if (at < bytes.size() && in_alphabet(bytes[at])) continue;
    if (at - begin >= kShortestRun) found.push_back(bytes.substr(begin, at - begin));
    begin = at + 1;
  }
  return found;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_base64(char c) { return is_digit(c) || is_letter(c) || c == '+' || c == '/' || c == '-' || c == '_'; }
bool is_base32(char c) { return is_letter(c) || (c >= '2' && c <= '7'); }

std::vector<std::string> percent(std::string_view bytes) {
  if (bytes.find('%') == std::string_view::npos) return {};
  return {from_percent(bytes)};
}

// JSON's \u00HH, and \xHH; the rest stays as it is.
std::vector<std::string> escaped(std::string_view bytes) {
  std::string text;
  std::size_t from = 0;
  for (std::size_t at = bytes.find('\\'); at != std::string_view::npos; at = bytes.find('\\', at + 1)) {
    const std::string_view rest = bytes.substr(at);
    const std::size_t prefix = rest.starts_with("\\u00") ? 4 : rest.starts_with("\\x") ? 2 : 0;
    if (prefix == 0 || rest.size() < prefix + 2 || !is_hex(rest[prefix]) || !is_hex(rest[prefix + 1])) continue;
    text += bytes.substr(from, at - from);
    text += from_hex(rest.substr(prefix, 2)).value_or("");
    from = at + prefix + 2;
    at = from - 1;
  }
  if (from == 0) return {};
  text += bytes.substr(from);
  return {text};
}

// The chunks that begin here, put together; what is cut short counts as far as it goes.
std::string joined_chunks(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const std::size_t line = bytes.find('\n');
    if (line == std::string_view::npos) break;
    std::size_t size = 0;  // an extension may follow it
    const auto [end, error] = std::from_chars(bytes.data(), bytes.data() + line, size, 16);
    if (error != std::errc{} || size == 0 || std::string_view("\r\n; ").find(*end) == std::string_view::npos) break;
    bytes.remove_prefix(line + 1);
    text += bytes.substr(0, size);
    bytes.remove_prefix(std::min(size, bytes.size()));
    bytes.remove_prefix(std::min(bytes.find_first_not_of("\r\n"), bytes.size()));
  }
  return text;
}

// HTTP/1 bodies in chunks, whose boundaries may go through the middle of anything.
std::vector<std::string> unchunked(std::string_view bytes) {
  std::vector<std::string> bodies;
  for (std::size_t at = 0; (at = bytes.find('\n', at)) != std::string_view::npos && bodies.size() < 64; ++at) {
    const std::string_view rest = bytes.substr(at + 1);
    const std::size_t empty_line = rest.starts_with("\r\n") ? 2 : rest.starts_with("\n") ? 1 : 0;
    if (empty_line == 0) continue;
    if (std::string text = joined_chunks(rest.substr(empty_line)); !text.empty()) bodies.push_back(std::move(text));
  }
  return bodies;
}

// A run may have neighbours that are of the alphabet but not of the encoding ("data/AAAA"): every alignment is tried.
template <class Decode>
std::vector<std::string> at_alignments(const std::vector<std::string_view>& texts, std::size_t alignments,
                                       Decode decode) {
  std::vector<std::string> decoded;
  for (const std::string_view text : texts) {
    for (std::size_t skip = 0; skip < alignments && skip < text.size(); ++skip) {
      if (auto bytes = decode(text.substr(skip))) decoded.push_back(std::move(*bytes));
    }
  }
  return decoded;
}

std::vector<std::string> hex(std::string_view bytes) { return at_alignments(runs(bytes, is_hex), 2, from_hex); }
std::vector<std::string> base64(std::string_view bytes) {
  return at_alignments(runs(bytes, is_base64), 4, from_base64);
}
std::vector<std::string> base32(std::string_view bytes) {
  return at_alignments(runs(bytes, is_base32), 8, from_base32);
}

std::vector<std::string> reversed(std::string_view bytes) { return {std::string(bytes.rbegin(), bytes.rend())}; }

// Dots, line ends and blanks taken out: DNS labels, folded base64, spaced-out text.
std::vector<std::string> joined(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  std::copy_if(bytes.begin(), bytes.end(), std::back_inserter(text),
               [](char c) { return c != '.' && c != '\r' && c != '\n' && c != ' ' && c != '\t'; });
  if (text.size() == bytes.size()) return {};
  return {text};
}

// window_bits: 15+32 finds gzip and zlib headers itself, -15 is raw deflate.
std::string inflated(std::string_view bytes, int window_bits) {
  z_stream stream{};
  if (inflateInit2(&stream, window_bits) != Z_OK) return {};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string text(std::min(kDecodedLimit, bytes.size() * 32 + 1024), '\0');
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  inflate(&stream, Z_SYNC_FLUSH);
  text.resize(text.size() - stream.avail_out);
  inflateEnd(&stream);
  return text;
}

std::vector<std::string> compressed(std::string_view bytes) {
  std::vector<std::string> texts;
  for (std::size_t at = 0; at + 2 < bytes.size() && texts.size() < 8; ++at) {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    const bool gzip = first == 0x1f && second == 0x8b;
    const bool zlib = first == 0x78 && (first * 256 + second) % 31 == 0;
    if (!gzip && !zlib) continue;
    if (std::string text = inflated(bytes.substr(at), 15 + 32); !text.empty()) texts.push_back(std::move(text));
  }
  return texts;
}

}  // namespace

const std::vector<Decoder>& all_decoders() {
  static const std::vector<Decoder> decoders = {
      {"percent", percent}, {"escaped", escaped}, {"unchunked", unchunked},   {"joined", joined},    {"base64", base64},
      {"base32", base32},   {"hex", hex},         {"compressed", compressed}, {"reversed", reversed}};
  return decoders;
}

std::string folded(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace bottle
