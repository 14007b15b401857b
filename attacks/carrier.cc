#include "attacks/carrier.h"

#include <algorithm>

#include "harness/digest.h"

namespace bottle {

std::string encode(std::string_view value, std::string_view encoding) {
  if (encoding == "percent") return to_percent(value);
  if (encoding == "base64") return to_base64(value);
  if (encoding == "hex") return to_hex(value);
  if (encoding == "base32") {
    std::string text = to_base32(value);
    while (!text.empty() && text.back() == '=') text.pop_back();
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
  }
  std::string text;
  for (std::size_t at = 0; at < value.size(); ++at) {
    if (encoding == "escaped")
      text += "\\u00" + to_hex(value.substr(at, 1));
    else
      text += value[at];
    if (encoding == "dotted" && at % 4 == 3 && at + 1 < value.size()) text += '.';
  }
  return text;
}

std::string as_labels(std::string_view text) {
  std::string labels;
  for (std::size_t at = 0; at < text.size(); at += 60) {
    if (at > 0) labels += '.';
    labels += text.substr(at, 60);
  }
  return labels;
}

bool is_nearby(const std::string& target) { return std::find(kNearby.begin(), kNearby.end(), target) != kNearby.end(); }

Endpoint canary_past_walls(const std::string& target, const Brief& brief) {
  Endpoint canary = brief.canaries.at(target);
  if (target == "host-loopback" && !brief.host_loopback.empty()) canary.address = brief.host_loopback;
  return canary;
}

std::string carried_kind(const Choice& choice) {
  const std::string kind = chosen(choice, "secret", "none");
  return kind == "none" ? std::string() : kind;
}

std::string carried_secret(const Choice& choice, const Brief& brief) {
  if (is_control(brief.arm) || brief.secrets == nullptr) return {};
  const Secret* secret = find_secret(*brief.secrets, carried_kind(choice));
  return secret == nullptr ? std::string() : encode(secret->value, chosen(choice, "encoding", "raw"));
}

std::pair<std::string, std::string> segment(const std::string& what, std::string_view bytes) {
  return {what, sha256_hex(bytes)};
}

}  // namespace bottle
