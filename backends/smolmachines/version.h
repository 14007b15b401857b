// smolvm by its version: which ones are driven, and what differs between them as data. Nothing else in this folder
// compares versions. Sources: smol-machines/smolvm by tag, as cited in README.md.
#pragma once

#include <compare>
#include <string>

#include "harness/result.h"

namespace bottle::smolmachines {

struct Version {
  int major = 0, minor = 0, patch = 0;
  auto operator<=>(const Version&) const = default;
  std::string text() const;
};

// Of `smolvm --version`: "smolvm 1.9.3" and nothing else on the line.
Result<Version> parse_version(const std::string& said);

// Whether this version's walls can be verified at all. Fault::unavailable, with the reason: 0.8.2 to 1.1.2 do not
// enforce an allowlist, of 1.1.3 to 1.2.4 nobody hears the DNS, and what has never been looked at is driven only with
// `untested`.
Result<void> check_supported(const Version& version, bool untested);

// How the guest's network is made, and so what an allowlist of one address leaves open.
enum class Wall {
  interception,  // the guest's sockets are the host's (TSI): its loopback is the host's
  gateway,       // a network of its own (virtio-net) behind a gateway that judges what leaves it
};

struct Family {
  Wall wall = Wall::interception;
  bool name_is_positional = true;  // in create and delete; later --name
  bool from_drops_policy = true;   // create --from --allow-cidr: the row says null, and nothing is enforced
  bool loads_archives = false;     // create --image x.tar, so that no registry is needed
  bool takes_dns = false;          // create --dns ADDRESS
  bool answers_dns = false;        // the gateway forwards every query, whatever the list says
  bool opens_public_dns = false;   // 1.1.1.1 joins every list that is not all loopback, and no row shows it
  bool carries_icmp = false;       // an echo request to an allowed address is relayed
  std::string denial = {};         // what a denied connect() ends with
};
Family family_of(const Version& version);

}  // namespace bottle::smolmachines
