#include "backends/smolmachines/beyond.h"

#include <array>

#include "backends/docker/layout.h"
#include "harness/digest.h"

namespace bottle::smolmachines {
namespace {

constexpr std::array kBases{"203.0.113.", "198.51.100.", "192.0.2."};  // RFC 5737
constexpr int kAddresses = 16, kPlacesInBase = 256 / kAddresses;
constexpr int kPlaces = kPlacesInBase * static_cast<int>(kBases.size());
constexpr int kResolver = 3, kAllowed = 4, kFirstDenied = 5;

Beyond at_place(int place) {
  return {kBases[static_cast<std::size_t>(place / kPlacesInBase)], place % kPlacesInBase * kAddresses};
}

}  // namespace

Addresses::Internet Beyond::internet() const {
  Addresses::Internet internet{.allowed = address(kAllowed), .resolver = address(kResolver)};
  for (int i = kFirstDenied; i < kAddresses - 1; ++i) internet.denied.push_back(address(i));
  return internet;
}

Result<Beyond> choose_beyond(const std::string& slug, const std::vector<std::string>& taken) {
  const std::string hash = from_hex(sha256_hex(slug + "/beyond")).value_or(std::string(1, '\0'));
  const int start = static_cast<unsigned char>(hash[0]) % kPlaces;
  for (int i = 0; i < kPlaces; ++i) {
    const Beyond beyond = at_place((start + i) % kPlaces);
    if (docker::is_subnet_free(beyond.subnet(), taken)) return beyond;
  }
  return fail(
      "no subnet is free for what lies beyond a bottle: all of 203.0.113.0/24, 198.51.100.0/24 and 192.0.2.0/24 "
      "belongs to the "
      "engine's networks or to this host; remove networks that nobody uses (docker network prune)");
}

Beyond beyond_with(const std::string& resolver) {
  const auto dot = resolver.rfind('.');
  return {resolver.substr(0, dot + 1), std::stoi(resolver.substr(dot + 1)) - kResolver};
}

}  // namespace bottle::smolmachines
