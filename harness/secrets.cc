#include "harness/secrets.h"

#include <algorithm>
#include <array>

#include "harness/digest.h"

namespace bottle {
namespace {

constexpr std::string_view kAlphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kWord = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
constexpr std::string_view kBase32Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

std::vector<Secret> make_secrets() {
  return {{"anthropic", "TEST_SECRET_ANTHROPIC", "sk-ant-api03-" + random_text(93, kWord) + "AA"},
          {"aws", "TEST_SECRET_AWS", "AKIA" + random_text(16, kBase32Upper)},
          {"generic", "TEST_SECRET_GENERIC", random_text(40, kAlphanumeric)}};
}

const Secret* find_secret(const std::vector<Secret>& secrets, std::string_view kind) {
  const auto found = std::find_if(secrets.begin(), secrets.end(), [&](const Secret& s) { return s.kind == kind; });
  return found == secrets.end() ? nullptr : &*found;
}

std::string short_hash(std::string_view value) { return sha256_hex(value).substr(0, 12); }

std::string redact(std::string text, const std::vector<Secret>& secrets) {
  for (const Secret& secret : secrets) {
    const std::string name = "[" + secret.name + " sha256:" + short_hash(secret.value) + "]";
    std::string base64 = to_base64(secret.value);
    while (!base64.empty() && base64.back() == '=') base64.pop_back();
    std::string base32 = to_base32(secret.value);
    while (!base32.empty() && base32.back() == '=') base32.pop_back();
    const std::array<std::string, 9> forms = {secret.value,
                                              lower(secret.value),
                                              to_percent(secret.value),
                                              base64,
                                              to_base64url(secret.value),
                                              to_hex(secret.value),
                                              base32,
                                              lower(base32),
                                              std::string(secret.value.rbegin(), secret.value.rend())};
    for (const std::string& form : forms) replace_all(text, form, name);
    // Split into DNS labels: each piece that is long enough to be told from chance.
    for (const std::string& form : {secret.value, lower(secret.value), lower(base32), to_hex(secret.value)}) {
      for (std::size_t at = 0; form.size() > 60 && at < form.size(); at += 60) {
        const std::string piece = form.substr(at, 60);
        if (piece.size() >= 16) replace_all(text, piece, name);
      }
    }
  }
  return text;
}

std::string make_nonce() { return "bv" + random_text(kNonceSize - 2, "abcdefghijklmnopqrstuvwxyz234567"); }

}  // namespace bottle
