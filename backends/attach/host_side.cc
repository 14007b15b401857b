#include "backends/attach/host_side.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <sstream>

#include "backends/attach/echo_stand.h"
#include "backends/docker/engine_canaries.h"
#include "backends/namespaces/interfaces.h"
#include "harness/platform/descriptors.h"
#include "harness/platform/processes.h"

namespace bottle::attach {
namespace {

using Caller = Switchboard::Caller;

constexpr char kLoopback[] = "127.0.0.1";

// Addresses there are eight hexadecimal digits, as they lie in memory.
std::string literal_of(const std::string& hexadecimal) {
  in_addr address{};
  std::istringstream(hexadecimal) >> std::hex >> address.s_addr;
  std::array<char, INET_ADDRSTRLEN> text{};
  return ::inet_ntop(AF_INET, &address, text.data(), text.size()) == nullptr ? "" : text.data();
}

std::size_t bits_of(const std::string& hexadecimal) {
  unsigned long mask = 0;
  std::istringstream(hexadecimal) >> std::hex >> mask;
  std::size_t bits = 0;
  for (; mask != 0; mask >>= 1) bits += mask & 1UL;
  return bits;
}

Fd dial_datagrams(in_port_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = port;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  Fd fd = make_socket(AF_INET, SOCK_DGRAM);
  const bool there = fd && ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  return there ? std::move(fd) : Fd();
}

}  // namespace

bool has_process_with(const std::string& word) {
  const auto all = all_processes();
  return std::any_of(all.begin(), all.end(), [&](const RunningProcess& process) {
    return arguments_of(process.pid).find(word) != std::string::npos;
  });
}

std::string own_address_among(const std::string& routes) {
  const auto own = warden::interfaces();
  std::istringstream lines(routes);
  std::string line, neighbour;
  for (std::getline(lines, line); std::getline(lines, line);) {
    std::istringstream fields(line);
    const std::vector<std::string> field{std::istream_iterator<std::string>(fields), {}};
    if (field.size() < 8) continue;
    const auto destination = warden::parse_address(literal_of(field[1]));
    const auto gateway = warden::parse_address(literal_of(field[2]));
    const std::size_t bits = bits_of(field[7]);
    for (const warden::Interface& entry : own) {
      if (entry.address.size() != 4 || entry.loopback || !entry.up) continue;
      std::array<char, INET_ADDRSTRLEN> text{};
      ::inet_ntop(AF_INET, entry.address.data(), text.data(), text.size());
      if (bits == 0 && entry.address == gateway) return text.data();
      if (bits != 0 && warden::same_prefix(entry.address, destination, bits)) neighbour = text.data();
    }
  }
  return neighbour;
}

Result<HostSide> HostSide::start(const std::filesystem::path& lab_program, const LabConfig& config,
                                 const std::string& gateway, const std::filesystem::path& log) {
  warden::HostLab::Sockets sockets;
  BOTTLE_TRY(sockets.canaries, warden::bind_canaries(config.canaries));
  if (!gateway.empty()) {
    for (warden::Canary& canary : docker::bind_gateway_canaries(gateway)) sockets.canaries.push_back(std::move(canary));
  }
  // Under another name than the doors', which may stand in this very network.
  BOTTLE_TRY(auto streams, stand_for_streams(config.echo_socket + "-lab"));
  Fd datagrams = warden::bind_at(kLoopback, 0, SOCK_DGRAM);
  sockaddr_in where{};
  socklen_t size = sizeof where;
  if (!datagrams || ::getsockname(datagrams.get(), reinterpret_cast<sockaddr*>(&where), &size) != 0)
    return fail_os("the echo's socket for datagrams");
  sockets.echo.push_back(std::move(streams.listening));
  sockets.echo.push_back(std::move(datagrams));
  BOTTLE_TRY(auto lab, warden::HostLab::start(lab_program, config, sockets, log));
  return HostSide{std::move(lab),
                  [dial = std::move(streams.dial), port = where.sin_port](Caller caller) {
                    return caller == Caller::datagram ? dial_datagrams(port) : dial();
                  },
                  streams.is_the_machines};
}

}  // namespace bottle::attach
