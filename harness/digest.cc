#include "harness/digest.h"

#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>
#include <cstdint>

namespace bottle {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

using Values = std::array<std::int8_t, 256>;

constexpr Values values_of(std::string_view alphabet, std::string_view also = {}) {
  Values values{};
  values.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  for (std::size_t i = 0; i < also.size(); ++i)
    values[static_cast<unsigned char>(also[i])] = static_cast<std::int8_t>(i);
  return values;
}

constexpr Values kHexValues = [] {
  Values values = values_of(kHex);
  for (int i = 0; i < 6; ++i) values[static_cast<unsigned char>('A' + i)] = static_cast<std::int8_t>(10 + i);
  return values;
}();
constexpr Values kBase64Values = values_of(kBase64, kBase64Url);
constexpr Values kBase32Values = values_of(kBase32, "abcdefghijklmnopqrstuvwxyz");

// Encodes groups of `bits` bits; what is left over is filled with zero bits.
std::string encode_bits(std::string_view bytes, std::string_view alphabet, int bits) {
  std::string text;
  text.reserve(bytes.size() * 8 / static_cast<std::size_t>(bits) + 8);
  std::uint32_t buffer = 0;
  int held = 0;
  const std::uint32_t mask = (1u << bits) - 1;
  for (const unsigned char byte : bytes) {
    buffer = (buffer << 8) | byte;
    held += 8;
    while (held >= bits) {
      held -= bits;
      text += alphabet[(buffer >> held) & mask];
    }
  }
  if (held > 0) text += alphabet[(buffer << (bits - held)) & mask];
  return text;
}

std::optional<std::string> decode_bits(std::string_view text, const Values& values, int bits) {
  std::string bytes;
  std::uint32_t buffer = 0;
  int held = 0;
  for (const unsigned char character : text) {
    const int value = values[character];
    if (value < 0) break;
    buffer = (buffer << bits) | static_cast<std::uint32_t>(value);
    held += bits;
    if (held >= 8) {
      held -= 8;
      bytes += static_cast<char>((buffer >> held) & 0xff);
    }
  }
  if (bytes.empty()) return std::nullopt;
  return bytes;
}

void pad(std::string& text, std::size_t multiple) {
  while (text.size() % multiple != 0) text += '=';
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), hash);
  return to_hex({reinterpret_cast<const char*>(hash), sizeof hash});
}

std::string to_hex(std::string_view bytes) { return encode_bits(bytes, kHex, 4); }

std::string to_base64(std::string_view bytes) {
  std::string text = encode_bits(bytes, kBase64, 6);
  pad(text, 4);
  return text;
}

std::string to_base64url(std::string_view bytes) { return encode_bits(bytes, kBase64Url, 6); }

std::string to_base32(std::string_view bytes) {
  std::string text = encode_bits(bytes, kBase32, 5);
  pad(text, 8);
  return text;
}

std::string to_percent(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() * 3);
  for (const unsigned char byte : bytes) {
    text += '%';
    text += kHex[byte >> 4];
    text += kHex[byte & 15];
  }
  return text;
}

std::string to_percent_reserved(std::string_view bytes) {
  constexpr std::string_view unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string text;
  for (const char byte : bytes) {
    if (unreserved.find(byte) != std::string_view::npos)
      text += byte;
    else
      text += to_percent({&byte, 1});
  }
  return text;
}

std::optional<std::string> from_hex(std::string_view text) { return decode_bits(text, kHexValues, 4); }
std::optional<std::string> from_base64(std::string_view text) { return decode_bits(text, kBase64Values, 6); }
std::optional<std::string> from_base32(std::string_view text) { return decode_bits(text, kBase32Values, 5); }

std::string from_percent(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && kHexValues[static_cast<unsigned char>(text[i + 1])] >= 0 &&
        kHexValues[static_cast<unsigned char>(text[i + 2])] >= 0) {
      bytes += static_cast<char>(kHexValues[static_cast<unsigned char>(text[i + 1])] * 16 +
                                 kHexValues[static_cast<unsigned char>(text[i + 2])]);
      i += 2;
    } else {
      bytes += text[i];
    }
  }
  return bytes;
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count));
  return bytes;
}

std::string random_text(std::size_t count, std::string_view alphabet) {
  const unsigned limit = 256 - 256 % static_cast<unsigned>(alphabet.size());
  std::string text;
  while (text.size() < count) {
    for (const unsigned char byte : random_bytes(count)) {
      if (byte < limit && text.size() < count) text += alphabet[byte % alphabet.size()];
    }
  }
  return text;
}

}  // namespace bottle
