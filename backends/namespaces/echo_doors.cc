#include "backends/namespaces/echo_doors.h"

#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include <cstddef>
#include <cstring>

namespace bottle::warden {
namespace {

using Kind = EchoDoor::Kind;

constexpr int kBacklog = 64;

struct SocketAddress {
  sockaddr_storage storage = {};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

SocketAddress loopback(int family, int port) {
  SocketAddress address;
  if (family == AF_INET) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(static_cast<std::uint16_t>(port));
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::memcpy(&address.storage, &v4, address.size = sizeof v4);
  } else {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(static_cast<std::uint16_t>(port));
    v6.sin6_addr = IN6ADDR_LOOPBACK_INIT;
    std::memcpy(&address.storage, &v6, address.size = sizeof v6);
  }
  return address;
}

SocketAddress abstract_address(const std::string& name) {
  sockaddr_un named{};
  named.sun_family = AF_UNIX;
  name.copy(named.sun_path + 1, sizeof named.sun_path - 1, 1);
  SocketAddress address;
  std::memcpy(&address.storage, &named, sizeof named);
  address.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  return address;
}

int type_of(Kind kind) { return kind == Kind::stream || kind == Kind::abstract ? SOCK_STREAM : SOCK_DGRAM; }

Result<EchoDoor> open_door(Kind kind, int family, const SocketAddress& where) {
  EchoDoor door{kind, family, Fd(::socket(family, type_of(kind) | SOCK_CLOEXEC, 0))};
  const int on = 1;
  if (!door.socket) return fail_os("a door of the echo");
  ::setsockopt(door.socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(door.socket.get(), where.get(), where.size) != 0) return fail_os("a door of the echo");
  if (type_of(kind) == SOCK_STREAM && ::listen(door.socket.get(), kBacklog) != 0) return fail_os("a door of the echo");
  return door;
}

int ping_protocol(int family) {
  if (family == AF_INET) return IPPROTO_ICMP;
  return IPPROTO_ICMPV6;
}

// The kernel answers an echo request by itself; this socket only hears it.
void open_ping(int family, std::vector<EchoDoor>& doors) {
  Fd socket(::socket(family, SOCK_RAW | SOCK_CLOEXEC, ping_protocol(family)));
  if (socket) doors.push_back({Kind::ping, family, std::move(socket)});
}

}  // namespace

Result<std::vector<EchoDoor>> open_echo_doors(int port, const std::string& abstract) {
  constexpr timespec kPause{0, 1'000'000};
  constexpr int kPatience = 1000;  // ms, for a sandbox to bring its loopback up
  std::vector<EchoDoor> doors;
  for (int waited = 0;; ++waited) {
    auto first = open_door(Kind::stream, AF_INET, loopback(AF_INET, port));
    if (!first && (first.error().os_errno != EADDRNOTAVAIL || waited == kPatience)) return fail(first.error());
    if (first) {
      doors.push_back(std::move(*first));
      break;
    }
    ::nanosleep(&kPause, nullptr);
  }
  const auto open = [&](Kind kind, int family) -> Result<void> {
    auto door = open_door(kind, family, loopback(family, port));
    if (!door && family == AF_INET) return fail(door.error());
    if (door) doors.push_back(std::move(*door));
    return {};
  };
  for (const auto& [kind, family] :
       {std::pair(Kind::datagram, AF_INET), std::pair(Kind::stream, AF_INET6), std::pair(Kind::datagram, AF_INET6)}) {
    if (auto opened = open(kind, family); !opened) return fail(opened.error());
  }
  open_ping(AF_INET, doors);
  open_ping(AF_INET6, doors);
  if (abstract.empty()) return doors;
  BOTTLE_TRY(auto named, open_door(Kind::abstract, AF_UNIX, abstract_address(abstract)));
  doors.push_back(std::move(named));
  return doors;
}

Fd dial_echo(const EchoDoor& door, int port, const std::string& abstract) {
  const bool ping = door.kind == Kind::ping;
  const int family = door.kind == Kind::abstract ? AF_UNIX : door.family;
  Fd socket(::socket(family, type_of(door.kind) | SOCK_CLOEXEC, ping ? ping_protocol(family) : 0));
  const SocketAddress where =
      door.kind == Kind::abstract ? abstract_address(abstract) : loopback(family, ping ? 0 : port);
  if (!socket || ::connect(socket.get(), where.get(), where.size) != 0) return {};
  return socket;
}

}  // namespace bottle::warden
