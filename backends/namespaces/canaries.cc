#include "backends/namespaces/canaries.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <fmt/format.h>

namespace bottle::warden {
namespace {

Result<Canary> bind_canary(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0) return fail("canary '" + text + "': not NAME=ADDRESS", Fault::usage);
  Canary canary{text.substr(0, equals), {}, {}};
  const std::string literal = text.substr(equals + 1);
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
  canary.where = storage.ss_family == AF_INET ? fmt::format("{}:{}", literal, ntohs(v4->sin_port))
                                              : fmt::format("[{}]:{}", literal, ntohs(v6->sin6_port));
  return canary;
}

}  // namespace

Result<std::vector<Canary>> bind_canaries(const std::vector<std::string>& wanted) {
  std::vector<Canary> canaries;
  for (const auto& text : wanted) {
    BOTTLE_TRY(auto canary, bind_canary(text));
    canaries.push_back(std::move(canary));
  }
  return canaries;
}

}  // namespace bottle::warden
