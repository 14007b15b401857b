#include "backends/smolmachines/alias_pool.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>

namespace bottle::smolmachines {
namespace {

constexpr int kReservedPort = 17'216;
constexpr int kAnyPort = 0;
constexpr char kUsualOther[] = "127.0.0.77";

std::string alias(int number) { return "127.0.0." + std::to_string(number); }

// Nothing listens there: it is only bound.
Fd bind_to(const std::string& address, int port) {
  Fd socket(::socket(AF_INET, SOCK_STREAM, 0));
  if (!socket) return {};
  ::fcntl(socket.get(), F_SETFD, FD_CLOEXEC);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  ::inet_pton(AF_INET, address.c_str(), &to.sin_addr);
  const int bound = ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to);
  return bound == 0 ? std::move(socket) : Fd();
}

bool is_of_this_host(const std::string& address) { return static_cast<bool>(bind_to(address, kAnyPort)); }

}  // namespace

std::string how_to_add(const std::string& alias) { return "sudo ifconfig lo0 alias " + alias; }

Result<Alias> take_alias() {
  bool any = false;
  for (int number = kFirstAlias; number <= kLastAlias; ++number) {
    const std::string address = alias(number);
    if (Fd reservation = bind_to(address, kReservedPort); reservation) return Alias{address, std::move(reservation)};
    any = any || is_of_this_host(address);
  }
  if (any)
    return fail("every loopback alias from " + alias(kFirstAlias) + " to " + alias(kLastAlias) +
                    " has a bottle already; wait for one to end",
                Fault::unavailable);
  return fail("this host has no loopback alias " + alias(kFirstAlias) + "; add it: " + how_to_add(alias(kFirstAlias)),
              Fault::unavailable);
}

std::string other_loopback(const std::string& own) {
  if (is_of_this_host(kUsualOther)) return kUsualOther;
  for (int number = kLastAlias; number >= kFirstAlias; --number) {
    if (alias(number) != own && is_of_this_host(alias(number))) return alias(number);
  }
  return {};
}

}  // namespace bottle::smolmachines
