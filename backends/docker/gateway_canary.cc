#include "backends/docker/gateway_canary.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "harness/bottle.h"

namespace bottle::docker {
namespace {

// The lab wants to be told where a datagram went, and how many were lost.
bool is_heard_whole(int fd) {
  const int on = 1;
  return ::setsockopt(fd, SOL_IP, IP_PKTINFO, &on, sizeof on) == 0 &&
         ::setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on) == 0;
}

Fd bind_at(const std::string& address, int type) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(kNearbyPort);
  if (::inet_pton(AF_INET, address.c_str(), &where.sin_addr) != 1) return {};
  Fd fd(::socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd || ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) return {};
  const bool ready = type == SOCK_STREAM ? ::listen(fd.get(), 64) == 0 : is_heard_whole(fd.get());
  return ready ? std::move(fd) : Fd();
}

}  // namespace

std::vector<warden::Canary> bind_gateway_canaries(const std::string& gateway) {
  const std::string where = gateway + ":" + std::to_string(kNearbyPort);
  std::vector<warden::Canary> canaries;
  canaries.push_back({"host-gateway", where, bind_at(gateway, SOCK_STREAM)});
  canaries.push_back({"host-gateway-udp", where, bind_at(gateway, SOCK_DGRAM)});
  if (!canaries[0].socket || !canaries[1].socket) canaries.clear();
  return canaries;
}

}  // namespace bottle::docker
