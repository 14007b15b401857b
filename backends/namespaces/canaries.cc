#include "backends/namespaces/canaries.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>

#include "harness/platform/descriptors.h"
#include "harness/platform/sockets.h"

namespace bottle::warden {
namespace {

Result<Canary> bind_abstract(Canary canary, const std::string& name) {
  canary.socket = listen_at_abstract(name);
  if (!canary.socket) return fail_os("canary " + canary.name + "=" + name);
  canary.where = name;
  return canary;
}

bool is_abstract(const std::string& text) { return text.find("=@") != std::string::npos; }

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
  canary.socket = make_socket(storage.ss_family, SOCK_STREAM, Blocking::no);
  auto* address = reinterpret_cast<sockaddr*>(&storage);
  if (!canary.socket || ::bind(canary.socket.get(), address, size) != 0 || ::listen(canary.socket.get(), 64) != 0 ||
      ::getsockname(canary.socket.get(), address, &size) != 0) {
    return fail_os("canary " + text);
  }
  canary.where = storage.ss_family == AF_INET ? literal + ":" + std::to_string(ntohs(v4->sin_port))
                                              : "[" + literal + "]:" + std::to_string(ntohs(v6->sin6_port));
  return canary;
}

}  // namespace

Fd bound_at(const std::string& address, int port, int type) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::inet_pton(AF_INET, address.c_str(), &where.sin_addr) != 1) return {};
  Fd fd = make_socket(AF_INET, type, Blocking::no);
  if (!fd || ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) return {};
  return fd;
}

Fd bind_at(const std::string& address, int port, int type) {
  Fd fd = bound_at(address, port, type);
  if (!fd) return {};
  const bool ready = type == SOCK_STREAM ? ::listen(fd.get(), 64) == 0 : is_heard_whole(fd.get());
  return ready ? std::move(fd) : Fd();
}

Result<std::vector<Canary>> bind_canaries(const std::vector<std::string>& wanted) {
  std::vector<Canary> canaries;
  for (const auto& text : wanted) {
    if (is_abstract(text) && !has_abstract_sockets()) continue;
    BOTTLE_TRY(auto canary, bind_canary(text));
    canaries.push_back(std::move(canary));
  }
  return canaries;
}

}  // namespace bottle::warden
