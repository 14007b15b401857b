#include "backends/namespaces/addresses.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <vector>

#include "backends/namespaces/interfaces.h"
#include "harness/platform/descriptors.h"

namespace bottle::warden {
namespace {

constexpr std::array kCandidates4{"10.213.64.", "172.30.113.", "192.168.213.", "10.98.176.", "172.19.241."};
constexpr std::array kCandidates6{"fd00:b0:0:", "fd00:b1:7:", "fdb0:771e:0:"};
constexpr std::size_t kBits4 = 24, kBits6 = 48;

// A subnet touches an interface's when the shorter of both prefixes is the same.
bool is_free(const std::vector<Interface>& all, const AddressBytes& subnet, std::size_t bits) {
  return std::none_of(all.begin(), all.end(), [&](const Interface& entry) {
    return !entry.address.empty() && same_prefix(entry.address, subnet, std::min(bits, entry.bits));
  });
}

bool is_free(const std::vector<Interface>& all, const std::string& subnet, std::size_t bits) {
  const auto bytes = parse_address(subnet);
  return !bytes.empty() && is_free(all, bytes, bits);
}

template <std::size_t count>
std::vector<std::string> all_free(const std::vector<Interface>& all, const std::array<const char*, count>& candidates,
                                  const char* rest, std::size_t bits) {
  std::vector<std::string> free;
  for (const std::string candidate : candidates) {
    if (is_free(all, candidate + rest, bits)) free.push_back(candidate);
  }
  return free;
}

// A bridge that an engine made for a bottle is gone in a moment. Its network is a quarter of a /24 or less
// (docker/layout.h).
bool is_of_a_bottle(const Interface& entry) {
  constexpr std::size_t kBottlesBits = 26;
  return (entry.name.starts_with("br-") || entry.name.starts_with("podman")) && entry.bits >= kBottlesBits;
}

std::string own_address(const std::vector<Interface>& all) {
  for (const Interface& entry : all) {
    if (entry.address.size() != 4 || entry.loopback || !entry.up || is_of_a_bottle(entry)) continue;
    std::array<char, INET_ADDRSTRLEN> text{};
    if (::inet_ntop(AF_INET, entry.address.data(), text.data(), text.size()) != nullptr) return text.data();
  }
  return {};
}

bool kernel_has_ipv6() { return static_cast<bool>(make_socket(AF_INET6, SOCK_DGRAM)); }

}  // namespace

bool touches_no_address_of_the_host(const std::string& base4) { return is_free(interfaces(), base4 + "0", kBits4); }

std::string host_address() { return own_address(interfaces()); }

Result<NetworkPlan> choose_network() {
  const auto all = interfaces();
  NetworkPlan plan;
  const auto free4 = all_free(all, kCandidates4, "0", kBits4);
  if (free4.empty()) return fail("every subnet that a bottle could use is one of the host's");
  plan.base4 = free4[0];
  if (free4.size() > 1) plan.neighbour4 = free4[1];
  const auto free6 = all_free(all, kCandidates6, ":", kBits6);
  if (kernel_has_ipv6() && !free6.empty()) plan.base6 = free6[0];
  plan.host_address = own_address(all);
  return plan;
}

}  // namespace bottle::warden
