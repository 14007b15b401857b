#include "backends/docker/engine_canaries.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <fstream>
#include <sstream>

#include "harness/bottle.h"

namespace bottle::docker {
namespace {

constexpr int kDnsPort = 53;

// The lab wants to be told where a datagram went, and how many were lost.
bool is_heard_whole(int fd) {
  const int on = 1;
  return ::setsockopt(fd, SOL_IP, IP_PKTINFO, &on, sizeof on) == 0 &&
         ::setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on) == 0;
}

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

std::vector<warden::Canary> bind_both(const std::string& name, const std::string& address, int port) {
  const std::string where = address + ":" + std::to_string(port);
  std::vector<warden::Canary> canaries;
  canaries.push_back({name, where, bind_at(address, port, SOCK_STREAM)});
  canaries.push_back({name + "-udp", where, bind_at(address, port, SOCK_DGRAM)});
  if (!canaries[0].socket || !canaries[1].socket) canaries.clear();
  return canaries;
}

}  // namespace

std::vector<warden::Canary> bind_gateway_canaries(const std::string& gateway) {
  return bind_both("host-gateway", gateway, kNearbyPort);
}

// The first server is the one that is asked.
std::vector<warden::Canary> bind_resolver_canary(const std::string& resolv_conf) {
  std::ifstream lines(resolv_conf);
  std::string word, address;
  for (std::string line; address.empty() && std::getline(lines, line);) {
    std::istringstream words(line);
    if (words >> word && word == "nameserver") words >> address;
  }
  if (!address.starts_with("127.")) return {};
  return bind_both(kHostResolver, address, kDnsPort);
}

}  // namespace bottle::docker
