// Which address stands where: shared by the driver, which tells them to others, and the warden, which gives them out.
#pragma once

#include <string>

namespace bottle::warden {

struct NetworkPlan {
  std::string base4 = {};  // "10.213.64.": a /24 that touches no address of the host
  std::string base6 = {};  // "fd00:b0:0:": a /48, cut after the colon; empty: no IPv6

  std::string v4(int host) const { return base4 + std::to_string(host); }
  std::string v6(int link, int host) const {
    return base6.empty() ? std::string() : base6 + std::to_string(link) + "::" + std::to_string(host);
  }
  std::string agent() const { return v4(2); }
  std::string agent6() const { return v6(0, 2); }
  std::string bundle() const { return v4(1); }
  std::string bundle6() const { return v6(0, 1); }
};

}  // namespace bottle::warden
