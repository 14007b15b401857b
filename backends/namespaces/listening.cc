#include "backends/namespaces/listening.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>
#include <sstream>
#include <string>

#include "backends/namespaces/protocol.h"

namespace bottle::warden {
namespace {

constexpr char kListen[] = "0A";  // TCP_LISTEN in /proc/net/tcp

std::string whole(int fd) {
  std::string text;
  std::array<char, 16384> buffer{};
  ::lseek(fd, 0, SEEK_SET);
  for (ssize_t got = 0; (got = ::read(fd, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

// "  0: 00000000:1F90 00000000:0000 0A ...": slot, own address, peer, state.
void add_listeners(const std::string& table, std::set<int>& ports) {
  std::istringstream lines(table);
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string slot, own, peer, state;
    if (!(words >> slot >> own >> peer >> state) || state != kListen) continue;
    const auto colon = own.rfind(':');
    unsigned port = 0;
    if (colon != std::string::npos && std::sscanf(own.c_str() + colon + 1, "%x", &port) == 1) ports.insert(static_cast<int>(port));
  }
}

}  // namespace

// A table belongs to the network namespace of the process that opened it, also when it is read later.
Result<ListenerWait> ListenerWait::begin(const NetworkNamespaces& networks, std::vector<int> ports, int timeout_ms,
                                         int program) {
  ListenerWait wait;
  wait.ports = std::move(ports);
  wait.until_ns = now_ns() + std::int64_t{timeout_ms} * 1'000'000;
  wait.program = program;
  if (auto entered = enter_network(networks, "bundle"); !entered) return fail(entered.error());
  wait.table4 = Fd(::open("/proc/self/net/tcp", O_RDONLY | O_CLOEXEC));
  const auto opened = wait.table4 ? Result<void>() : Result<void>(fail_os("/proc/self/net/tcp"));
  wait.table6 = Fd(::open("/proc/self/net/tcp6", O_RDONLY | O_CLOEXEC));  // absent where there is no IPv6
  if (auto back = enter_network(networks, "agent"); !back) return fail(back.error());
  if (!opened) return fail(opened.error());
  return wait;
}

std::vector<int> ListenerWait::listening() const {
  std::set<int> all;
  add_listeners(whole(table4.get()), all);
  if (table6) add_listeners(whole(table6.get()), all);
  std::vector<int> found;
  std::copy_if(ports.begin(), ports.end(), std::back_inserter(found), [&](int port) { return all.contains(port); });
  return found;
}

}  // namespace bottle::warden
