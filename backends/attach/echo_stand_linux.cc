#include <fstream>

#include "backends/attach/echo_stand.h"
#include "harness/platform/sockets.h"

namespace bottle::attach {

bool is_in_the_machines_network(const std::string& name) {
  std::ifstream sockets("/proc/1/net/unix");
  for (std::string line; std::getline(sockets, line);) {
    if (line.ends_with(" " + name)) return true;
  }
  return false;
}

Result<EchoStand> stand_for_streams(const std::string& name) {
  Fd listening = listen_at_abstract(name);
  if (!listening) return fail_os("the echo's socket " + name);
  return EchoStand{std::move(listening), [name] { return dial_abstract(name); }, is_in_the_machines_network(name)};
}

}  // namespace bottle::attach
