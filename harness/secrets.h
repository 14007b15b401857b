// The secrets that are planted in the agent's environment, fresh for each run, and their removal from every text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bottle {

struct Secret {
  std::string kind = {};  // "anthropic", "aws", "generic": what a catalogue's `secret` parameter says
  std::string name = {};  // "TEST_SECRET_AWS": the environment variable
  std::string value = {};
};

// One of each shape of PRD 0022, in the form that secret scanners know: sk-ant-api03-..., AKIA..., 40 mixed characters.
std::vector<Secret> make_secrets();

const Secret* find_secret(const std::vector<Secret>& secrets, std::string_view kind);

std::string short_hash(std::string_view value);  // the first 12 hex digits of its SHA-256

// Replaces the secrets, raw or in an encoding that the catalogue uses, by [NAME sha256:…].
std::string redact(std::string text, const std::vector<Secret>& secrets);

// A nonce: "bv" and 20 characters of [a-z2-7]; legal in a DNS label, a ref name, a path and a header.
std::string make_nonce();
inline constexpr std::size_t kNonceSize = 22;

}  // namespace bottle
