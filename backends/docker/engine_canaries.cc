#include "backends/docker/engine_canaries.h"

#include <sys/socket.h>

#include <fstream>
#include <sstream>

#include "harness/bottle.h"

namespace bottle::docker {
namespace {

constexpr int kDnsPort = 53;

std::vector<warden::Canary> bind_both(const std::string& name, const std::string& address, int port) {
  const std::string where = address + ":" + std::to_string(port);
  std::vector<warden::Canary> canaries;
  canaries.push_back({name, where, warden::bind_at(address, port, SOCK_STREAM)});
  canaries.push_back({name + "-udp", where, warden::bind_at(address, port, SOCK_DGRAM)});
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

Result<void> would_hear_the_engines_resolver(const EngineFacts& engine) {
  if (engine.podman)
    return fail("podman has no resolver inside its containers that would ask the host's", Fault::unsupported);
  if (!bind_resolver_canary().empty()) return {};
  return fail(
      "the host's own resolver is not on its loopback, or not ours to stand in for: nobody would hear what the "
      "engine's resolver sends on",
      Fault::unsupported);
}

}  // namespace bottle::docker
