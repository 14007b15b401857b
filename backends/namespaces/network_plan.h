// Which address stands where: shared by the driver, which tells them to others, and the warden, which gives them out.
#pragma once

#include <map>
#include <string>

namespace bottle::warden {

struct NetworkPlan {
  std::string base4 = {};         // "10.213.64.": a /24 that touches no address of the host
  std::string base6 = {};         // "fd00:b0:0:": a /48, cut after the colon; empty: no IPv6
  std::string neighbour4 = {};    // the base of another bottle's /24, where nobody stands; empty: none is free
  std::string host_address = {};  // the host's own address, not loopback; empty: it has none

  std::string v4(int host) const { return base4 + std::to_string(host); }
  std::string v6(int link, int host) const {
    return base6.empty() ? std::string() : base6 + std::to_string(link) + "::" + std::to_string(host);
  }
  std::string agent() const { return v4(2); }
  std::string agent6() const { return v6(0, 2); }
  std::string bundle() const { return v4(1); }
  std::string bundle6() const { return v6(0, 1); }
  // Where other walls have somebody, and these have nobody.
  std::string gateway() const { return v4(254); }  // Docker's bridge gateway is the host
  std::string beside() const { return v4(77); }    // the bundle's own subnet
  std::string neighbour() const { return neighbour4.empty() ? std::string() : neighbour4 + "1"; }

  // The prefixes that a hole's "route" may name.
  std::map<std::string, std::string> names() const {
    return {{"{host}", host_address},
            {"{network}", base4 + "0/24"},
            {"{gateway}", gateway()},
            {"{neighbour}", neighbour()}};
  }
};

}  // namespace bottle::warden
