// A few rtnetlink requests, by hand: veth pairs, addresses and routes. Fewer lines than a library for it, and no
// process per link (`ip` costs 2 ms each).
#pragma once

#include <string>

#include "harness/fd.h"
#include "harness/result.h"

namespace bottle::warden {

inline constexpr int kLoopback = 1;  // its index in every network namespace

struct VethEnd {
  int network_namespace = -1;
  std::string name = {};
  // Chosen by us, so that nothing has to be looked up. A pair's two must differ: where they are equal the kernel takes
  // them for one device without a peer, and its carrier comes a second later.
  int index = 0;
};

struct Destination {
  std::string network = {};
  int bits = 0;
};

// Talks to the network namespace in which it was opened.
class Links {
 public:
  static Result<Links> open();

  Result<void> make_veth(const VethEnd& one, const VethEnd& other);
  Result<void> set_up(int index);
  Result<void> await_running(const std::string& name);
  Result<void> add_address(int index, const std::string& own, const std::string& peer);  // with a route to the peer
  Result<void> add_address(int index, const Destination& own);                           // with a route to its subnet
  Result<void> add_default_route(int index, const std::string& gateway);
  Result<void> add_route(int index, const std::string& gateway, const Destination& to, int table = 0);  // 0: main
  Result<void> add_neighbour_route(int index, const std::string& neighbour);  // on the link itself, to it alone
  Result<void> refuse(const std::string& address);  // EACCES to who dials it, also where it is this namespace's own
  Result<void> remove_routes(bool ipv6, bool only_default);  // of the main table
  // What has this protocol, and this port where it is not 0, is looked up in `table` where the main one has no route.
  Result<void> add_rule(bool ipv6, const std::string& protocol, int port, int table);
  Result<void> answer_to_every_address(bool ipv6);  // AnyIP on the loopback

 private:
  explicit Links(Fd socket) : socket_(std::move(socket)) {}
  Fd socket_;
};

}  // namespace bottle::warden
