#include "backends/namespaces/forwarder.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cstdlib>

namespace bottle::warden {
namespace {

using Door = Forwarder::Door;

// Two sockets, and what each says to the other. A direction ends with its end of file.
struct Call {
  std::array<Fd, 2> ends = {};
  std::array<bool, 2> open = {true, true};
};

// Who does not read for so long is hung up on: nobody else may wait for it.
void limit_waiting(const Fd& socket) {
  const timeval patience{0, 300'000};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

Fd dial(const std::string& where) {
  const auto colon = where.rfind(':');
  sockaddr_in address{};
  address.sin_family = AF_INET;
  if (colon == std::string::npos || ::inet_pton(AF_INET, where.substr(0, colon).c_str(), &address.sin_addr) != 1)
    return {};
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(where.c_str() + colon + 1)));
  Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) return {};
  return socket;
}

void answer_door(const Door& door, std::vector<Call>& calls) {
  Fd caller(::accept4(door.socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!caller) return;
  Fd service = dial(door.where);
  if (!service) return;
  limit_waiting(caller);
  limit_waiting(service);
  calls.push_back({{std::move(caller), std::move(service)}});
}

// From ends[from] to the other one. False: the call is over.
bool carry(Call& call, std::size_t from) {
  std::array<char, 16384> bytes{};
  const int to = call.ends[1 - from].get();
  const ssize_t got = ::recv(call.ends[from].get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  if (got == 0) {
    call.open[from] = false;
    ::shutdown(to, SHUT_WR);
    return call.open[1 - from];
  }
  return ::send(to, bytes.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) == got;
}

void run(const std::vector<Door>& doors, const Fd& stop) {
  std::vector<Call> calls;
  for (;;) {
    std::vector<pollfd> watched{{stop.get(), POLLIN, 0}};
    for (const Door& door : doors) watched.push_back({door.socket.get(), POLLIN, 0});
    for (const Call& call : calls) {
      for (std::size_t end : {0U, 1U}) watched.push_back({call.open[end] ? call.ends[end].get() : -1, POLLIN, 0});
    }
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return;
    if (watched[0].revents != 0) return;
    std::vector<Call> going;
    std::size_t next = 1 + doors.size();
    for (Call& call : calls) {
      bool goes = true;
      for (std::size_t end : {0U, 1U}) {
        if (watched[next++].revents != 0 && goes) goes = carry(call, end);
      }
      if (goes) going.push_back(std::move(call));
    }
    calls = std::move(going);
    for (std::size_t i = 0; i < doors.size(); ++i) {
      if (watched[1 + i].revents != 0) answer_door(doors[i], calls);
    }
  }
}

}  // namespace

Result<std::unique_ptr<Forwarder>> Forwarder::start(const WardenClient& warden, const std::vector<std::string>& where,
                                                    Deadline limit) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return fail_os("socketpair");
  const Fd ours(ends[0]), theirs(ends[1]);
  BOTTLE_TRY(auto reply, warden.ask({{"op", "doors"}, {"where", where}}, {theirs.get()}));
  if (auto opened = reply.next(limit); !opened) return fail(opened.error());
  BOTTLE_TRY(auto brought, receive_request(ours.get()));
  if (!brought || brought->fds.size() != where.size()) return fail("the warden brought too few doors");
  std::vector<Door> doors;
  for (std::size_t i = 0; i < where.size(); ++i) doors.push_back({std::move(brought->fds[i]), where[i]});
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_os("pipe2");
  return std::unique_ptr<Forwarder>(new Forwarder(std::move(doors), Fd(ends[0]), Fd(ends[1])));
}

Forwarder::Forwarder(std::vector<Door> doors, Fd stop_read, Fd stop_write)
    : stop_(std::move(stop_write)),
      thread_([doors = std::move(doors), stop = std::move(stop_read)] { run(doors, stop); }) {}

Forwarder::~Forwarder() {
  stop_.reset();
  thread_.join();
}

}  // namespace bottle::warden
