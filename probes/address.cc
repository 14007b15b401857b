#include "probes/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace bottle::prober {

std::optional<Address> ip_address(const std::string& literal, int port) {
  Address address;
  const auto network_port = htons(static_cast<std::uint16_t>(port));
  sockaddr_in four = {};
  if (::inet_pton(AF_INET, literal.c_str(), &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    four.sin_port = network_port;
    std::memcpy(&address.storage, &four, sizeof four);
    address.size = sizeof four;
    return address;
  }
  sockaddr_in6 six = {};
  const std::size_t percent = literal.find('%');
  if (::inet_pton(AF_INET6, literal.substr(0, percent).c_str(), &six.sin6_addr) != 1) return std::nullopt;
  six.sin6_family = AF_INET6;
  six.sin6_port = network_port;
  // An interface that is not there leaves the scope at 0: the kernel then says so itself.
  if (percent != std::string::npos) six.sin6_scope_id = ::if_nametoindex(literal.c_str() + percent + 1);
  std::memcpy(&address.storage, &six, sizeof six);
  address.size = sizeof six;
  return address;
}

Trouble unix_address(const std::string& path, Address& address) {
  sockaddr_un local = {};
  local.sun_family = AF_UNIX;
  const bool abstract = path.starts_with('@');
  // A path needs its terminating zero; an abstract name's length is in the size alone.
  if (path.size() + (abstract ? 0 : 1) > sizeof local.sun_path) return errno_trouble(ENAMETOOLONG);
  std::memcpy(local.sun_path, path.data(), path.size());
  if (abstract) local.sun_path[0] = '\0';
  std::memcpy(&address.storage, &local, sizeof local);
  address.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + (abstract ? 0 : 1));
  return {};
}

}  // namespace bottle::prober
