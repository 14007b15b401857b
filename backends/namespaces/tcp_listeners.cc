#include "backends/namespaces/tcp_listeners.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <sstream>
#include <string>

namespace bottle::warden {
namespace {

constexpr unsigned kListening = 1u << 10;  // TCP_LISTEN
constexpr char kListeningInTable[] = "0A";

struct Question {
  nlmsghdr header = {};
  inet_diag_req_v2 body = {};
};

// One datagram of the answer; false: it was the last, or there is none.
bool read_part(int socket, std::set<int>& ports, bool& understood) {
  alignas(nlmsghdr) std::array<char, 32768> bytes{};
  const ssize_t got = ::recv(socket, bytes.data(), bytes.size(), 0);
  if (got <= 0) return false;
  auto left = static_cast<unsigned>(got);
  for (auto* header = reinterpret_cast<nlmsghdr*>(bytes.data()); NLMSG_OK(header, left);
       header = NLMSG_NEXT(header, left)) {
    if (header->nlmsg_type == NLMSG_DONE) understood = true;
    if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR) return false;
    const auto* found = static_cast<const inet_diag_msg*>(NLMSG_DATA(header));
    ports.insert(ntohs(found->id.idiag_sport));
  }
  return true;
}

bool ask(int socket, int family, std::set<int>& ports) {
  Question question;
  question.header.nlmsg_len = sizeof(question);
  question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  question.body.sdiag_family = static_cast<unsigned char>(family);
  question.body.sdiag_protocol = IPPROTO_TCP;
  question.body.idiag_states = kListening;
  if (::send(socket, &question, sizeof(question), 0) < 0) return false;
  bool understood = false;
  while (read_part(socket, ports, understood)) {
  }
  return understood;
}

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
void read_table(int fd, std::set<int>& ports) {
  std::istringstream lines(whole(fd));
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string slot, own, peer, state;
    if (!(words >> slot >> own >> peer >> state) || state != kListeningInTable) continue;
    const auto colon = own.rfind(':');
    unsigned port = 0;
    if (colon != std::string::npos && std::sscanf(own.c_str() + colon + 1, "%x", &port) == 1)
      ports.insert(static_cast<int>(port));
  }
}

}  // namespace

Result<TcpListeners> TcpListeners::open() {
  TcpListeners listeners;
  listeners.diagnosis_ = Fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  std::set<int> ignored;
  if (listeners.diagnosis_ && ask(listeners.diagnosis_.get(), AF_INET, ignored)) return listeners;
  listeners.diagnosis_.reset();
  listeners.table4_ = Fd(::open("/proc/self/net/tcp", O_RDONLY | O_CLOEXEC));
  if (!listeners.table4_) return fail_os("/proc/self/net/tcp");
  listeners.table6_ = Fd(::open("/proc/self/net/tcp6", O_RDONLY | O_CLOEXEC));  // absent where there is no IPv6
  return listeners;
}

std::set<int> TcpListeners::ports() const {
  std::set<int> ports;
  if (diagnosis_) {
    ask(diagnosis_.get(), AF_INET, ports);
    ask(diagnosis_.get(), AF_INET6, ports);
    return ports;
  }
  read_table(table4_.get(), ports);
  if (table6_) read_table(table6_.get(), ports);
  return ports;
}

}  // namespace bottle::warden
