#include "probes/login.h"

#include <stdlib.h>

#include <charconv>
#include <string_view>

#include "probes/bytes.h"

namespace bottle::prober {
namespace {

std::string from_percent(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned value = 0;
    const bool escape = text[at] == '%' && at + 2 < text.size();
    const char* digits = text.data() + at + 1;
    if (escape && std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
      bytes += static_cast<char>(value);
      at += 2;
    } else {
      bytes += text[at];
    }
  }
  return bytes;
}

}  // namespace

Trouble read_login(const std::string& variable, std::string& line) {
  const char* value = ::getenv(variable.c_str());
  const std::string_view url = value == nullptr ? std::string_view() : value;
  const auto scheme = url.find("://");
  const auto begin = scheme == url.npos ? 0 : scheme + 3;
  const auto end = url.find('@', begin);
  if (end == url.npos) return {"NOLOGIN", variable + ": no URL with a user"};
  line = "Proxy-Authorization: Basic " + to_base64(from_percent(url.substr(begin, end - begin))) + "\r\n";
  return {};
}

std::string with_login(const std::string& request, const std::string& line) {
  const auto first = request.find("\r\n");
  if (line.empty() || first == std::string::npos) return request;
  return request.substr(0, first + 2) + line + request.substr(first + 2);
}

}  // namespace bottle::prober
