#include "backends/namespaces/interfaces.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sys/socket.h>

#include <memory>

namespace bottle::warden {
namespace {

AddressBytes bytes_of(const sockaddr* address) {
  if (address == nullptr) return {};
  const auto copy = [](const void* data, std::size_t size) {
    const auto* first = static_cast<const unsigned char*>(data);
    return AddressBytes(first, first + size);
  };
  if (address->sa_family == AF_INET) return copy(&reinterpret_cast<const sockaddr_in*>(address)->sin_addr, 4);
  if (address->sa_family == AF_INET6) return copy(&reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, 16);
  return {};
}

std::size_t prefix_length(const AddressBytes& mask) {
  std::size_t bits = 0;
  while (bits < mask.size() * 8 && (mask[bits / 8] >> (7 - bits % 8) & 1) != 0) ++bits;
  return bits;
}

}  // namespace

std::vector<Interface> interfaces() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owned(first, &::freeifaddrs);
  std::vector<Interface> all;
  for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
    const bool has_name = entry->ifa_name != nullptr;
    all.push_back({.name = has_name ? entry->ifa_name : "",
                   .address = bytes_of(entry->ifa_addr),
                   .bits = prefix_length(bytes_of(entry->ifa_netmask)),
                   .loopback = (entry->ifa_flags & IFF_LOOPBACK) != 0,
                   .up = (entry->ifa_flags & IFF_UP) != 0});
  }
  return all;
}

AddressBytes parse_address(const std::string& literal) {
  AddressBytes bytes(16);
  if (::inet_pton(AF_INET6, literal.c_str(), bytes.data()) == 1) return bytes;
  bytes.resize(4);
  if (::inet_pton(AF_INET, literal.c_str(), bytes.data()) == 1) return bytes;
  return {};
}

bool same_prefix(const AddressBytes& one, const AddressBytes& other, std::size_t bits) {
  if (one.size() != other.size() || one.size() * 8 < bits) return false;
  for (std::size_t bit = 0; bit < bits; ++bit) {
    if (((one[bit / 8] ^ other[bit / 8]) >> (7 - bit % 8) & 1) != 0) return false;
  }
  return true;
}

}  // namespace bottle::warden
