// Connect, say something, listen: what the tcp, udp, icmp and unix actions have in common.
#pragma once

#include "probes/attempt.h"
#include "probes/fields.h"
#include "probes/stream.h"

namespace bottle::prober {

struct Talk {
  Address address = {};
  int type = SOCK_STREAM;   // SOCK_DGRAM: one datagram, and one in reply
  int protocol = 0;         // where the type does not say it
  std::string header = {};  // goes before what is sent and is no part of it
  std::string send = {};
  std::chrono::milliseconds read{0};
};

// The fields `address` and `port`.
Address read_ip_address(Fields& fields);

Trouble talk(const Talk& talk, Attempt& attempt);

}  // namespace bottle::prober
