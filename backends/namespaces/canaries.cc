#include "backends/namespaces/canaries.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdint>

namespace bottle::warden {
namespace {

Result<Canary> bind_abstract(Canary canary, const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.size() > sizeof address.sun_path) return fail("canary " + canary.name + ": too long a name", Fault::usage);
  name.copy(address.sun_path + 1, name.size() - 1, 1);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  canary.socket = Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!canary.socket || ::bind(canary.socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(canary.socket.get(), 64) != 0) {
    return fail_os("canary " + canary.name + "=" + name);
  }
  canary.where = name;
  return canary;
}

Result<Canary> bind_canary(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0) return fail("canary '" + text + "': not NAME=ADDRESS", Fault::usage);
  Canary canary{text.substr(0, equals), {}, {}};
  const std::string literal = text.substr(equals + 1);
  if (literal.starts_with('@')) return bind_abstract(std::move(canary), literal);
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_in);
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  storage.ss_family = AF_INET;
  if (::inet_pton(AF_INET, literal.c_str(), &v4->sin_addr) != 1) {
    storage.ss_family = AF_INET6;
    size = sizeof(sockaddr_in6);
    if (::inet_pton(AF_INET6, literal.c_str(), &v6->sin6_addr) != 1)
      return fail("canary '" + text + "': no address", Fault::usage);
  }
  canary.socket = Fd(::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  auto* address = reinterpret_cast<sockaddr*>(&storage);
  if (!canary.socket || ::bind(canary.socket.get(), address, size) != 0 || ::listen(canary.socket.get(), 64) != 0 ||
      ::getsockname(canary.socket.get(), address, &size) != 0) {
    return fail_os("canary " + text);
  }
  canary.where = storage.ss_family == AF_INET ? literal + ":" + std::to_string(ntohs(v4->sin_port))
                                              : "[" + literal + "]:" + std::to_string(ntohs(v6->sin6_port));
  return canary;
}

// The lab wants to be told where a datagram went, and how many were lost.
bool is_heard_whole(int fd) {
  const int on = 1;
  return ::setsockopt(fd, SOL_IP, IP_PKTINFO, &on, sizeof on) == 0 &&
         ::setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on) == 0;
}

}  // namespace

Fd bind_at(const std::string& address, int port, int type) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::inet_pton(AF_INET, address.c_str(), &where.sin_addr) != 1) return {};
  Fd fd(::socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd || ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) return {};
  const bool ready = type == SOCK_STREAM ? ::listen(fd.get(), 64) == 0 : is_heard_whole(fd.get());
  return ready ? std::move(fd) : Fd();
}

Result<std::vector<Canary>> bind_canaries(const std::vector<std::string>& wanted) {
  std::vector<Canary> canaries;
  for (const auto& text : wanted) {
    BOTTLE_TRY(auto canary, bind_canary(text));
    canaries.push_back(std::move(canary));
  }
  return canaries;
}

}  // namespace bottle::warden
