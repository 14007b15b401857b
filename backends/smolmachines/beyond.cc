#include "backends/smolmachines/beyond.h"

#include <algorithm>
#include <array>

#include "backends/docker/layout.h"
#include "backends/namespaces/interfaces.h"
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

AliasPool Beyond::dialled() const { return {base, first + kResolver, first + kAddresses - 2}; }

Beyond loopback_beyond() { return at_place(0); }

Result<Beyond> beyond_on_loopback() {
  const Beyond beyond = loopback_beyond();
  const AliasPool all = beyond.dialled();
  const auto own = warden::interfaces();
  std::string missing;
  for (int i = all.first; i <= all.last; ++i) {
    const auto wanted = warden::parse_address(all.address(i));
    const auto is_there = [&](const warden::Interface& entry) { return entry.loopback && entry.address == wanted; };
    if (std::none_of(own.begin(), own.end(), is_there)) missing += (missing.empty() ? "" : ", ") + all.address(i);
  }
  if (missing.empty()) return beyond;
  return fail("this host's loopback does not have " + missing +
                  ", where what gets past a machine's wall would be heard; add them: " + how_to_add(all),
              Fault::unavailable);
}

Beyond beyond_with(const std::string& resolver) {
  const auto dot = resolver.rfind('.');
  return {resolver.substr(0, dot + 1), std::stoi(resolver.substr(dot + 1)) - kResolver};
}

}  // namespace bottle::smolmachines
