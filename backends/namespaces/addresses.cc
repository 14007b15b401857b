#include "backends/namespaces/addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "harness/fd.h"

namespace bottle::warden {
namespace {

constexpr std::array kCandidates4{"10.213.64.", "172.30.113.", "192.168.213.", "10.98.176.", "172.19.241."};
constexpr std::array kCandidates6{"fd00:b0:0:", "fd00:b1:7:", "fdb0:771e:0:"};
constexpr std::size_t kBits4 = 24, kBits6 = 48;

using Interfaces = std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)>;
using Bytes = std::vector<unsigned char>;

Interfaces interfaces() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) first = nullptr;
  return {first, &::freeifaddrs};
}

Bytes bytes_of(const sockaddr* address) {
  if (address == nullptr) return {};
  const auto copy = [](const void* data, std::size_t size) {
    const auto* first = static_cast<const unsigned char*>(data);
    return Bytes(first, first + size);
  };
  if (address->sa_family == AF_INET) return copy(&reinterpret_cast<const sockaddr_in*>(address)->sin_addr, 4);
  if (address->sa_family == AF_INET6) return copy(&reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, 16);
  return {};
}

std::size_t prefix_length(const Bytes& mask) {
  std::size_t bits = 0;
  while (bits < mask.size() * 8 && (mask[bits / 8] >> (7 - bits % 8) & 1) != 0) ++bits;
  return bits;
}

bool same_prefix(const Bytes& one, const Bytes& other, std::size_t bits) {
  for (std::size_t bit = 0; bit < bits; ++bit) {
    if (((one[bit / 8] ^ other[bit / 8]) >> (7 - bit % 8) & 1) != 0) return false;
  }
  return true;
}

// A subnet touches an interface's when the shorter of both prefixes is the same.
bool is_free(const Interfaces& all, const Bytes& subnet, std::size_t bits) {
  for (const ifaddrs* entry = all.get(); entry != nullptr; entry = entry->ifa_next) {
    const Bytes address = bytes_of(entry->ifa_addr);
    if (address.size() != subnet.size()) continue;
    if (same_prefix(address, subnet, std::min(bits, prefix_length(bytes_of(entry->ifa_netmask))))) return false;
  }
  return true;
}

bool is_free(const Interfaces& all, const std::string& subnet, int family, std::size_t bits) {
  Bytes bytes(family == AF_INET ? 4 : 16);
  return ::inet_pton(family, subnet.c_str(), bytes.data()) == 1 && is_free(all, bytes, bits);
}

template <std::size_t count>
std::vector<std::string> all_free(const Interfaces& all, const std::array<const char*, count>& candidates, int family,
                                  const char* rest, std::size_t bits) {
  std::vector<std::string> free;
  for (const std::string candidate : candidates) {
    if (is_free(all, candidate + rest, family, bits)) free.push_back(candidate);
  }
  return free;
}

std::string own_address(const Interfaces& all) {
  for (const ifaddrs* entry = all.get(); entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || entry->ifa_addr->sa_family != AF_INET) continue;
    if ((entry->ifa_flags & IFF_LOOPBACK) != 0 || (entry->ifa_flags & IFF_UP) == 0) continue;
    std::array<char, INET_ADDRSTRLEN> text{};
    const Bytes address = bytes_of(entry->ifa_addr);
    if (::inet_ntop(AF_INET, address.data(), text.data(), text.size()) != nullptr) return text.data();
  }
  return {};
}

bool kernel_has_ipv6() { return static_cast<bool>(Fd(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0))); }

}  // namespace

bool touches_no_address_of_the_host(const std::string& base4) {
  return is_free(interfaces(), base4 + "0", AF_INET, kBits4);
}

std::string host_address() { return own_address(interfaces()); }

Result<NetworkPlan> choose_network() {
  const auto all = interfaces();
  NetworkPlan plan;
  const auto free4 = all_free(all, kCandidates4, AF_INET, "0", kBits4);
  if (free4.empty()) return fail("every subnet that a bottle could use is one of the host's");
  plan.base4 = free4[0];
  if (free4.size() > 1) plan.neighbour4 = free4[1];
  const auto free6 = all_free(all, kCandidates6, AF_INET6, ":", kBits6);
  if (kernel_has_ipv6() && !free6.empty()) plan.base6 = free6[0];
  plan.host_address = own_address(all);
  return plan;
}

}  // namespace bottle::warden
