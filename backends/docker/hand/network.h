// `bottle-hand network`: sets up the network namespace that it is in, over rtnetlink. Words, one an argument:
//
//   address A/N [via B]    this address, on the only link that there is besides the loopback; with B on the one that
//                          has B's subnet
//   only A                 the link that has A's subnet leads to A and to nobody else; no other route is left, but for
//                          those to other `only`
//   everywhere             every address to which no other route leads is this namespace's own, IPv6 too where it has
//                          that; no default route is left. With "only" that is so within the subnet as well (but not
//                          for IPv6: neighbours are asked for there, and the kernel answers for addresses that it has)
//   road PREFIX via GATEWAY [tcp|udp|icmp [PORT]]   with a protocol it is an ip rule with a table of its own, looked up
//                          after the main one
//   refuse A               nobody here can dial A, though it be an address of this network's own
//   resolver A             /etc/resolv.conf names A and nobody else
//
// They are made in this order, whatever the order of the words.
#pragma once

#include <string>
#include <vector>

#include "backends/namespaces/links.h"
#include "backends/namespaces/roads.h"
#include "harness/result.h"

namespace bottle::hand {

struct NetworkWords {
  struct Address {
    warden::Destination own = {};
    std::string via = {};
  };
  struct Road {
    warden::Road road = {};
    std::string gateway = {};
  };
  std::vector<Address> addresses = {};
  std::vector<std::string> only = {};
  bool everywhere = false;
  std::vector<Road> roads = {};
  std::vector<std::string> refused = {};
  std::string resolver = {};
};

Result<NetworkWords> parse_network_words(const std::vector<std::string>& words);
Result<void> set_up_network(const NetworkWords& words);  // wants CAP_NET_ADMIN

}  // namespace bottle::hand
