#include "backends/namespaces/doors.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <cstdlib>

#include "backends/namespaces/links.h"

namespace bottle::warden {
namespace {

Result<Fd> open_door(const std::string& where) {
  const auto colon = where.rfind(':');
  const std::string literal = where.substr(0, colon);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  if (colon == std::string::npos || ::inet_pton(AF_INET, literal.c_str(), &address.sin_addr) != 1)
    return fail("a door at " + where + ": not IPv4-ADDRESS:PORT");
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(where.c_str() + colon + 1)));
  if (!literal.starts_with("127.")) {
    BOTTLE_TRY(auto links, Links::open());
    if (auto own = links.add_address(kLoopback, literal, literal); !own) return fail(own.error());
  }
  Fd door(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!door || ::bind(door.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      ::listen(door.get(), 64) != 0) {
    return fail_os("a door at " + where);
  }
  return door;
}

}  // namespace

Result<std::vector<Fd>> open_doors(const NetworkNamespaces& networks, const std::vector<std::string>& where) {
  if (auto entered = enter_network(networks, "agent"); !entered) return fail(entered.error());
  std::vector<Fd> doors;
  for (const std::string& one : where) {
    BOTTLE_TRY(auto door, open_door(one));
    doors.push_back(std::move(door));
  }
  return doors;
}

}  // namespace bottle::warden
