// A connected socket, in the clear or under TLS: code that reads as if it blocked, over a non-blocking socket with
// deadlines.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "probes/address.h"
#include "probes/fd.h"
#include "probes/tls.h"
#include "probes/wait.h"

namespace bottle::prober {

class Stream {
 public:
  // `type`: SOCK_STREAM or SOCK_DGRAM. `protocol`: 0, or IPPROTO_ICMP for a ping socket.
  Trouble connect(const Address& address, int type, Deadline deadline, int protocol = 0);
  Trouble start_tls(const TlsWish& wish, Deadline deadline);

  Trouble send(std::string_view bytes, Deadline deadline);  // all of them, or trouble
  // Waits for something to come and adds it, at most `most` bytes. Trouble "EOF": nothing will come any more.
  Trouble read(std::string& onto, std::size_t most, Deadline deadline);

  // One datagram.
  Trouble send_datagram(std::string_view bytes, Deadline deadline);
  Trouble receive_datagram(std::string& into, Deadline deadline);

 private:
  Fd socket_;
  std::unique_ptr<Tls> tls_;  // destroyed before the socket
};

}  // namespace bottle::prober
