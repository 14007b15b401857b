// No abstract names, and no count of lost datagrams.
#include "harness/platform/sockets.h"

#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

namespace bottle {

bool has_abstract_sockets() { return false; }

Fd listen_at_abstract(const std::string&) {
  errno = EAFNOSUPPORT;
  return {};
}

Fd dial_abstract(const std::string&) {
  errno = EAFNOSUPPORT;
  return {};
}

bool is_heard_whole(int datagram_socket) {
  const int on = 1;
  return ::setsockopt(datagram_socket, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) == 0;
}

bool keep_to_loopback(int socket) {
  const unsigned index = ::if_nametoindex("lo0");
  return index != 0 && ::setsockopt(socket, IPPROTO_IP, IP_BOUND_IF, &index, sizeof index) == 0;
}

}  // namespace bottle
