// Connect, say something, listen: what the tcp, udp, icmp and unix actions have in common.
#pragma once

#include "probes/attempt.h"
#include "probes/fields.h"
#include "probes/stream.h"

namespace bottle::prober {

struct Talk {
  Address address = {};
  int type = SOCK_STREAM;    // SOCK_DGRAM: one datagram, and one in reply
  int protocol = 0;          // where the type does not say it
  std::string header = {};   // goes before what is sent and is no part of it
  std::string opening = {};  // said first; `send` follows when the peer has said `until`
  std::string until = {};
  std::string send = {};
  std::chrono::milliseconds read{0};
  bool to_end = false;  // reads until the peer hangs up, not only what comes first
  // What of a datagram is the reply; empty: nothing of it, and the next one is waited for.
  std::string (*reply_in)(const std::string& datagram) = nullptr;
};

// The fields `address` and `port`.
Address read_ip_address(Fields& fields);

Trouble talk(const Talk& talk, Attempt& attempt);

}  // namespace bottle::prober
