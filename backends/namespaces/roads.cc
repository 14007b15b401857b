#include "backends/namespaces/roads.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <sstream>

namespace bottle::warden {
namespace {

std::vector<std::string> split(const std::string& word) {
  std::istringstream text(word);
  std::vector<std::string> parts;
  for (std::string part; text >> part;) parts.push_back(part);
  return parts;
}

std::optional<int> number(const std::string& text, int least, int most) {
  int value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || value < least || value > most) return std::nullopt;
  return value;
}

int bits_of(const std::string& literal) {
  std::array<unsigned char, 16> bytes{};
  if (::inet_pton(AF_INET, literal.c_str(), bytes.data()) == 1) return 32;
  return ::inet_pton(AF_INET6, literal.c_str(), bytes.data()) == 1 ? 128 : 0;
}

Error unknown(const std::string& word, const std::string& why) {
  return fail("\"" + word + "\" cannot be made: " + why, Fault::unsupported).value();
}

}  // namespace

std::optional<Destination> parse_prefix(const std::string& text) {
  const auto slash = text.find('/');
  Destination prefix{text.substr(0, slash), 0};
  prefix.bits = bits_of(prefix.network);
  if (prefix.bits == 0) return std::nullopt;
  if (slash == std::string::npos) return prefix;
  const auto bits = number(text.substr(slash + 1), 0, prefix.bits);
  if (!bits) return std::nullopt;
  prefix.bits = *bits;
  return prefix;
}

Result<Road> parse_road(const std::string& word, const std::map<std::string, std::string>& names) {
  const auto parts = split(word);
  if (parts.size() < 2 || parts.size() > 4 || parts[0] != "route")
    return fail(unknown(word, "a route is \"route PREFIX [tcp|udp|icmp [PORT]]\""));
  Road road;
  std::string prefix = parts[1];
  if (prefix.starts_with('{')) {
    const auto named = names.find(prefix);
    if (named == names.end() || named->second.empty()) {
      std::string known;
      for (const auto& [name, value] : names) known += value.empty() ? "" : " " + name;
      return fail(unknown(word, "here it knows" + known));
    }
    prefix = named->second;
  }
  const auto destination = parse_prefix(prefix);
  if (!destination) return fail(unknown(word, "\"" + prefix + "\" is no prefix"));
  road.network = destination->network;
  road.bits = destination->bits;
  if (parts.size() < 3) return road;
  road.protocol = parts[2];
  if (road.protocol != "tcp" && road.protocol != "udp" && road.protocol != "icmp")
    return fail(unknown(word, "a protocol is tcp, udp or icmp"));
  if (parts.size() < 4) return road;
  const auto port = road.protocol == "icmp" ? std::nullopt : number(parts[3], 1, 65535);
  if (!port) return fail(unknown(word, "a port is 1 to 65535, of tcp or udp"));
  road.port = *port;
  return road;
}

Result<std::string> parse_forward(const std::string& word) {
  const auto parts = split(word);
  if (parts.size() == 2 && parts[0] == "forward") {
    for (const char* canary : {"host-loopback", "host-alias", "host-address"}) {
      if (parts[1] == canary) return parts[1];
    }
  }
  return fail(unknown(word, "what it forwards is host-loopback, host-alias or host-address"));
}

}  // namespace bottle::warden
