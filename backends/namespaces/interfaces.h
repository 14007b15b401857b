// The addresses of the network namespace that we are in, with their prefixes, link by link.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bottle::warden {

using AddressBytes = std::vector<unsigned char>;  // 4 or 16

struct Interface {
  std::string name = {};
  AddressBytes address = {};  // empty: the link itself, which is listed once besides its addresses
  std::size_t bits = 0;       // of the prefix
  bool loopback = false;
  bool up = false;
};

std::vector<Interface> interfaces();

AddressBytes parse_address(const std::string& literal);                                  // empty: it is none
bool same_prefix(const AddressBytes& one, const AddressBytes& other, std::size_t bits);  // false: of two families

}  // namespace bottle::warden
