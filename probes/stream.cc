#include "probes/stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "probes/system.h"

namespace bottle::prober {
namespace {

bool would_block(int number) { return number == EAGAIN || number == EWOULDBLOCK; }

// A connection that is under way: waits for its end and asks how it went.
Trouble await_connection(int socket, Deadline deadline) {
  if (Trouble trouble = wait_for(socket, POLLOUT, deadline)) return trouble;
  int number = 0;
  socklen_t size = sizeof number;
  if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &number, &size) != 0) number = errno;
  return number == 0 ? Trouble{} : errno_trouble(number);
}

}  // namespace

Trouble Stream::connect(const Address& address, int type, Deadline deadline, int protocol) {
  socket_ = Fd(make_socket(address.family(), type, protocol));
  if (!socket_) return errno_trouble(errno, "socket");
  if (type == SOCK_STREAM && address.family() != AF_UNIX) {
    const int on = 1;  // a handshake's last flight and the request behind it would wait 40 ms for each other
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  if (type == SOCK_DGRAM && address.family() == AF_UNIX && !bind_for_answers(socket_.get()))
    return errno_trouble(errno, "bind");
  for (;;) {
    if (::connect(socket_.get(), address.get(), address.size) == 0) return {};
    if (errno == EINPROGRESS || errno == EINTR) return await_connection(socket_.get(), deadline);
    if (!would_block(errno)) return errno_trouble(errno);
    // A Unix socket whose backlog is full: nothing tells when there is room.
    if (address.family() != AF_UNIX) return errno_trouble(errno);
    if (deadline.passed()) return {deadline.name, "its backlog is full"};
    ::poll(nullptr, 0, 5);
  }
}

Trouble Stream::start_tls(const TlsWish& wish, Deadline deadline) {
  tls_ = std::make_unique<Tls>();
  return tls_->handshake(socket_.get(), wish, deadline);
}

Trouble Stream::send(std::string_view bytes, Deadline deadline) {
  if (tls_) return tls_->send(bytes, deadline);
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (would_block(errno)) {
      if (Trouble trouble = wait_for(socket_.get(), POLLOUT, deadline)) return trouble;
    } else if (errno != EINTR) {
      return errno_trouble(errno);
    }
  }
  return {};
}

Trouble Stream::read(std::string& onto, std::size_t most, Deadline deadline) {
  char buffer[16 * 1024];
  const std::size_t room = std::min(most, sizeof buffer);
  if (tls_) return tls_->read(onto, room, deadline);
  for (;;) {
    const ssize_t got = ::recv(socket_.get(), buffer, room, 0);
    if (got > 0) {
      onto.append(buffer, static_cast<std::size_t>(got));
      return {};
    }
    if (got == 0) return {"EOF", {}};
    if (would_block(errno)) {
      if (Trouble trouble = wait_for(socket_.get(), POLLIN, deadline)) return trouble;
    } else if (errno != EINTR) {
      return errno_trouble(errno);
    }
  }
}

Trouble Stream::send_datagram(std::string_view bytes, Deadline deadline) {
  for (;;) {
    if (::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) >= 0) return {};
    if (would_block(errno)) {
      if (Trouble trouble = wait_for(socket_.get(), POLLOUT, deadline)) return trouble;
    } else if (errno != EINTR) {
      return errno_trouble(errno);
    }
  }
}

Trouble Stream::receive_datagram(std::string& into, Deadline deadline) {
  into.resize(std::size_t{64} * 1024);
  for (;;) {
    const ssize_t got = ::recv(socket_.get(), into.data(), into.size(), 0);
    if (got >= 0) {
      into.resize(static_cast<std::size_t>(got));
      return {};
    }
    if (would_block(errno)) {
      if (Trouble trouble = wait_for(socket_.get(), POLLIN, deadline)) return trouble;
    } else if (errno != EINTR) {
      return errno_trouble(errno);
    }
  }
}

}  // namespace bottle::prober
