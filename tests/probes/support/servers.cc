#include "tests/probes/support/servers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace bottle::testing {
namespace {

sockaddr_in loopback() {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// A bound socket; its port is stored.
int bound(int type, int& port) {
  const int fd = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback();
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd, generic, size) != 0 || ::getsockname(fd, generic, &size) != 0) throw std::runtime_error("bind");
  port = ntohs(address.sin_port);
  return fd;
}

int bound_unix(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (path[0] == '@') address.sun_path[0] = '\0';
  const std::size_t size = offsetof(sockaddr_un, sun_path) + path.size() + (path[0] == '@' ? 0 : 1);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), static_cast<socklen_t>(size)) != 0)
    throw std::runtime_error("bind");
  return fd;
}

bool readable(int fd, int limit_ms) {
  pollfd entry = {fd, POLLIN, 0};
  return ::poll(&entry, 1, limit_ms) > 0;
}

}  // namespace

StreamServer::StreamServer(std::function<void(int)> serve, const std::string& unix_path) {
  listener_ = unix_path.empty() ? bound(SOCK_STREAM, port_) : bound_unix(unix_path);
  if (::listen(listener_, 512) != 0) throw std::runtime_error("listen");
  thread_ = std::thread([this, serve = std::move(serve)] {
    while (!stop_) {
      if (!readable(listener_, 20)) continue;
      const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) continue;
      ++connections_;
      serve(connection);
      ::close(connection);
    }
  });
}

StreamServer::~StreamServer() {
  stop_ = true;
  thread_.join();
  ::close(listener_);
}

DatagramServer::DatagramServer(std::function<std::string(const std::string&)> answer) {
  socket_ = bound(SOCK_DGRAM, port_);
  thread_ = std::thread([this, answer = std::move(answer)] {
    char buffer[2048];
    while (!stop_) {
      if (!readable(socket_, 20)) continue;
      sockaddr_in from = {};
      socklen_t size = sizeof from;
      const ssize_t got = ::recvfrom(socket_, buffer, sizeof buffer, 0, reinterpret_cast<sockaddr*>(&from), &size);
      if (got < 0) continue;
      const std::string reply = answer({buffer, static_cast<std::size_t>(got)});
      if (!reply.empty()) ::sendto(socket_, reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
  });
}

DatagramServer::~DatagramServer() {
  stop_ = true;
  thread_.join();
  ::close(socket_);
}

RefusingPort::RefusingPort() { socket_ = bound(SOCK_STREAM, port_); }
RefusingPort::~RefusingPort() { ::close(socket_); }

std::string read_until(int socket, const std::string& text) {
  std::string all;
  char buffer[16 * 1024];
  std::size_t from = 0;  // all before it has been searched
  while (all.find(text, from) == std::string::npos && readable(socket, 3000)) {
    const ssize_t got = ::recv(socket, buffer, sizeof buffer, 0);
    if (got <= 0) break;
    from = all.size() - std::min(all.size(), text.size());
    all.append(buffer, static_cast<std::size_t>(got));
  }
  return all;
}

void say(int socket, const std::string& text) { ::send(socket, text.data(), text.size(), MSG_NOSIGNAL); }

void stay_silent(int socket) {
  char byte = 0;
  while (readable(socket, 10'000) && ::recv(socket, &byte, 1, 0) > 0) {
  }
}

void reset_on_close(int socket) {
  const linger now = {.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace bottle::testing
