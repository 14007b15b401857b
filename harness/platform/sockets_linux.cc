#include "harness/platform/sockets.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstddef>
#include <utility>

#include "harness/platform/descriptors.h"

namespace bottle {
namespace {

// Its size; 0: too long a name.
socklen_t write_address(sockaddr_un& address, const std::string& name) {
  address.sun_family = AF_UNIX;
  if (name.empty() || name.size() > sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return 0;
  }
  name.copy(address.sun_path + 1, name.size() - 1, 1);
  return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
}

}  // namespace

bool has_abstract_sockets() { return true; }

Fd listen_at_abstract(const std::string& name) {
  sockaddr_un address{};
  const socklen_t size = write_address(address, name);
  Fd fd = size == 0 ? Fd() : make_socket(AF_UNIX, SOCK_STREAM, Blocking::no);
  const bool stands =
      fd && ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0 && ::listen(fd.get(), 64) == 0;
  return stands ? std::move(fd) : Fd();
}

Fd dial_abstract(const std::string& name) {
  sockaddr_un address{};
  const socklen_t size = write_address(address, name);
  Fd fd = size == 0 ? Fd() : make_socket(AF_UNIX, SOCK_STREAM);
  const bool there = fd && ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0;
  return there ? std::move(fd) : Fd();
}

bool is_heard_whole(int datagram_socket) {
  const int on = 1;
  return ::setsockopt(datagram_socket, SOL_IP, IP_PKTINFO, &on, sizeof on) == 0 &&
         ::setsockopt(datagram_socket, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on) == 0;
}

bool keep_to_loopback(int socket) {
  constexpr char kLoopback[] = "lo";
  return ::setsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, kLoopback, sizeof kLoopback) == 0;
}

}  // namespace bottle
