#include "probes/own_secret.h"

#include <stdlib.h>

#include <algorithm>

namespace bottle::prober {
namespace {

constexpr std::size_t kLongest = 4096;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

}  // namespace

OwnSecret OwnSecret::wished(Fields& fields) {
  OwnSecret own;
  const nlohmann::json* wish = fields.at("own_secret");
  if (wish == nullptr) return own;
  Fields inner(*wish);
  own.variable = inner.text("variable", "");
  own.blank = inner.text("blank", "");
  if (own.variable.empty() || own.blank.empty()) fields.complain("own_secret: no variable or no blank");
  return own;
}

Trouble OwnSecret::look_up() {
  const char* found = ::getenv(variable.c_str());
  value = found == nullptr ? "" : found;
  const bool printable = std::all_of(value.begin(), value.end(), [](char c) { return c >= '!' && c <= '~'; });
  if (value.empty() || value.size() > kLongest || !printable)
    return {"NOSECRET", variable + " is not there, or holds what cannot stand in a header"};
  return {};
}

std::string OwnSecret::fill(std::string request) const {
  return is_wished() ? replaced(std::move(request), blank, value) : request;
}

std::string OwnSecret::presentable(const std::string& answer) const {
  if (!is_wished()) return answer;
  const std::string line = answer.substr(0, answer.find_first_of("\r\n"));
  return replaced(line, value, "[" + variable + "]");
}

}  // namespace bottle::prober
