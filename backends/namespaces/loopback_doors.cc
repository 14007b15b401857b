#include "backends/namespaces/loopback_doors.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstring>

#include "harness/platform/descriptors.h"
#include "harness/platform/sockets.h"

namespace bottle::warden {
namespace {

constexpr int kBacklog = 256;

// Ready to be heard, or none and errno says why. A connection of the run before that lingers is in nobody's way.
Fd open_door(int port, int type) {
  Fd fd = make_socket(AF_INET, type, Blocking::no);
  if (!fd || !keep_to_loopback(fd.get())) return {};
  const bool stream = type == SOCK_STREAM;
  const int on = 1;
  if (stream && ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) return {};
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<std::uint16_t>(port));
  where.sin_addr.s_addr = htonl(INADDR_ANY);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) return {};
  const bool ready = stream ? ::listen(fd.get(), kBacklog) == 0 : is_heard_whole(fd.get());
  return ready ? std::move(fd) : Fd();
}

Result<void> open_doors(const std::vector<int>& ports, int type, std::vector<Fd>& doors) {
  for (const int port : ports) {
    Fd door = open_door(port, type);
    if (!door)
      return fail(std::string(type == SOCK_STREAM ? "TCP" : "UDP") + " port " + std::to_string(port) +
                      " of this host's loopback, where what gets past a machine's wall would be heard: " +
                      std::strerror(errno) + "; whoever has it, another bottle or a server of yours, has to end first",
                  Fault::unavailable);
    doors.push_back(std::move(door));
  }
  return {};
}

}  // namespace

Result<LoopbackDoors> LoopbackDoors::open(const std::vector<std::string>& addresses, const Ports& ports) {
  LoopbackDoors doors{.addresses = addresses};
  if (auto opened = open_doors(ports.streams, SOCK_STREAM, doors.sockets); !opened) return fail(opened.error());
  if (auto opened = open_doors(ports.datagrams, SOCK_DGRAM, doors.sockets); !opened) return fail(opened.error());
  return doors;
}

}  // namespace bottle::warden
