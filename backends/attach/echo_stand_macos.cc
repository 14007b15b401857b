// Neither abstract sockets nor networks beside the machine's own: a port of the loopback that the kernel chooses.
#include <netinet/in.h>
#include <sys/socket.h>

#include "backends/attach/echo_stand.h"
#include "backends/namespaces/canaries.h"
#include "harness/platform/descriptors.h"

namespace bottle::attach {
namespace {

Fd dial(const sockaddr_in& where) {
  Fd fd = make_socket(AF_INET, SOCK_STREAM);
  const bool there = fd && ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0;
  return there ? std::move(fd) : Fd();
}

}  // namespace

bool is_in_the_machines_network(const std::string&) { return true; }

Result<EchoStand> stand_for_streams(const std::string&) {
  Fd listening = warden::bind_at("127.0.0.1", 0, SOCK_STREAM);
  sockaddr_in where{};
  socklen_t size = sizeof where;
  if (!listening || ::getsockname(listening.get(), reinterpret_cast<sockaddr*>(&where), &size) != 0)
    return fail_os("the echo's socket");
  return EchoStand{std::move(listening), [where] { return dial(where); }, is_in_the_machines_network("")};
}

}  // namespace bottle::attach
