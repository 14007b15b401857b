#include "backends/smolmachines/wrongs.h"

#include <charconv>

namespace bottle::smolmachines {
namespace {

constexpr int kWhole = 32;
constexpr char kNobody[] = "198.51.100.255/32";
constexpr char kWords[] =
    "no-network, route {host}, route {gateway}, forward host-loopback, forward host-alias, allow {host-loopback}, "
    "allow CIDR, width N, "
    "localhost-only";

Result<int> width_in(const std::string& word) {
  int bits = 0;
  const char* end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data() + word.find(' ') + 1, end, bits);
  if (error == std::errc() && stop == end && bits >= 0 && bits <= kWhole) return bits;
  return fail("the switch \"" + word + "\" needs a width from 0 to 32", Fault::usage);
}

// Of these a guest with a network of its own has its own.
bool is_of_the_loopback(const std::string& word) {
  return word.starts_with("forward ") || word.starts_with("width ") || word.starts_with("allow 127.") ||
         word == "localhost-only";
}

Result<void> take(const std::string& word, const Addresses& addresses, Wrongs& wrongs) {
  const auto allow = [&](const std::string& address) -> Result<void> {
    if (address.empty()) return fail("the host has no such address for \"" + word + "\"", Fault::unsupported);
    wrongs.besides.push_back(address + "/32");
    return {};
  };
  if (word == "no-network") {
    wrongs.unreachable = true;
  } else if (word == "route {host}") {
    return allow(addresses.host);
  } else if (word == "route {gateway}") {
    const auto gateway = addresses.nearby.find("gateway");
    return allow(gateway == addresses.nearby.end() ? "" : gateway->second);
  } else if (word == "forward host-loopback") {
    wrongs.shared_loopback = true;
  } else if (word == "forward host-alias") {
    return allow(addresses.host_alias);
  } else if (word == "allow {host-loopback}") {
    return allow(addresses.host_loopback);
  } else if (word.starts_with("allow ")) {
    wrongs.besides.push_back(word.substr(word.find(' ') + 1));
  } else if (word.starts_with("width ")) {
    BOTTLE_TRY(wrongs.width, width_in(word));
  } else if (word == "localhost-only") {
    wrongs.localhost_only = true;
  } else {
    return fail("the smolmachines backend has no switch \"" + word + "\"; it has " + kWords, Fault::unsupported);
  }
  return {};
}

}  // namespace

Result<Wrongs> parse_wrongs(const std::vector<std::string>& words, Wall wall, const Addresses& addresses) {
  Wrongs wrongs;
  for (const std::string& word : words) {
    if (wall == Wall::gateway && is_of_the_loopback(word))
      return fail("behind smolvm's gateway a guest's loopback is its own: \"" + word + "\" changes nothing there",
                  Fault::unsupported);
    if (auto taken = take(word, addresses, wrongs); !taken) return fail(taken.error());
  }
  return wrongs;
}

Result<void> check_reach(const std::vector<std::string>& reaches, bool published) {
  for (const std::string& word : reaches) {
    if (word == "resolver")
      return fail("a machine's resolver is smolvm's choice: what the bundle's answers changes nothing",
                  Fault::unsupported);
    if (word == "ports" && published)
      return fail(
          "where it is published the bundle has its doors and nothing else: where else it listens changes nothing",
          Fault::unsupported);
  }
  return {};
}

std::vector<std::string> steps_of(const Wrongs& wrongs) {
  std::vector<std::string> steps;
  for (const std::string& cidr : wrongs.besides) steps.push_back("WRONG ON PURPOSE: " + cidr + " is allowed besides");
  if (wrongs.width != kWhole)
    steps.push_back("WRONG ON PURPOSE: the bundle's address is allowed as a /" + std::to_string(wrongs.width));
  if (wrongs.shared_loopback) steps.emplace_back("WRONG ON PURPOSE: the bundle is published at 127.0.0.1");
  if (wrongs.localhost_only) steps.emplace_back("WRONG ON PURPOSE: --outbound-localhost-only besides");
  if (wrongs.unreachable) steps.emplace_back("WRONG ON PURPOSE: the bundle is not what is allowed");
  return steps;
}

Cidrs allowed_for(const std::string& bundle, const Wrongs& wrongs) {
  if (wrongs.unreachable) return {kNobody};
  Cidrs allowed{bundle + "/" + std::to_string(wrongs.width)};
  allowed.insert(allowed.end(), wrongs.besides.begin(), wrongs.besides.end());
  return allowed;
}

}  // namespace bottle::smolmachines
