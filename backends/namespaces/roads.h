// Roads past the bundle, made on purpose: the words "route PREFIX [tcp|udp|icmp [PORT]]" and "forward CANARY".
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backends/namespaces/links.h"
#include "harness/result.h"

namespace bottle::warden {

// A route from the agent into the internet. With a protocol only that has it: all else ends with ENETUNREACH as before.
struct Road {
  std::string network = {};   // a literal address, the prefix's
  int bits = 0;               // of the prefix
  std::string protocol = {};  // "tcp", "udp", "icmp"; empty: any
  int port = 0;               // of the destination; 0: any

  bool ipv6() const { return network.find(':') != std::string::npos; }
};

// "192.0.2.0/24", "2001:db8::1": without a length, one address. Nothing: it is no prefix.
std::optional<Destination> parse_prefix(const std::string& text);

// `names`: what may stand in braces instead of the prefix: "{host}" -> "10.0.0.7/32". Fault::unsupported, in one line
// with what would be understood.
Result<Road> parse_road(const std::string& word, const std::map<std::string, std::string>& names);

// The canary's name.
Result<std::string> parse_forward(const std::string& word);

}  // namespace bottle::warden
