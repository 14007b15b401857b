#include "backends/docker/hand/attend.h"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "backends/attach/switchboard.h"
#include "backends/namespaces/echo_doors.h"
#include "backends/namespaces/files.h"

namespace bottle::hand {
namespace {

using attach::Switchboard;
using warden::EchoDoor;
using Kind = EchoDoor::Kind;
using Caller = Switchboard::Caller;

void welcome_stream(const EchoDoor& door, Switchboard& board) {
  Fd caller(::accept4(door.socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (caller) board.let_in(door.kind == Kind::abstract ? Caller::abstract : Caller::stream, std::move(caller));
}

// A socket for this sender alone, at the door's own address: what is said there goes back to him.
Fd answering(const EchoDoor& door, const sockaddr_storage& sender, socklen_t size) {
  sockaddr_storage here{};
  socklen_t here_size = sizeof here;
  const int on = 1;
  Fd fd(::socket(door.family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const bool ready = fd && ::getsockname(door.socket.get(), reinterpret_cast<sockaddr*>(&here), &here_size) == 0 &&
                     ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                     ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&here), here_size) == 0 &&
                     ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&sender), size) == 0;
  return ready ? std::move(fd) : Fd();
}

void welcome_datagram(const EchoDoor& door, Switchboard& board) {
  std::array<char, 65536> bytes;
  sockaddr_storage sender{};
  socklen_t size = sizeof sender;
  const ssize_t got = ::recvfrom(door.socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT,
                                 reinterpret_cast<sockaddr*>(&sender), &size);
  if (got < 0) return;
  if (Fd caller = answering(door, sender, size))
    board.let_in(Caller::datagram, std::move(caller), {bytes.data(), static_cast<std::size_t>(got)});
}

}  // namespace

Result<void> attend(const std::string& word, int port, const std::string& abstract) {
  ::signal(SIGPIPE, SIG_IGN);
  auto doors = warden::open_echo_doors(port, abstract);
  const std::string said = doors ? " doors" : " shut " + doors.error().what;
  if (auto told = warden::write_all(STDOUT_FILENO, "\n" + word + said + "\n"); !told) return told;
  if (!doors) doors.emplace();  // then nobody comes in; but what is planted is still watched over
  std::erase_if(*doors, [](const EchoDoor& door) { return door.kind == Kind::ping; });  // the kernel answers those
  Switchboard board(STDIN_FILENO, STDOUT_FILENO, {});
  std::vector<pollfd> watched;
  for (const EchoDoor& door : *doors) watched.push_back({door.socket.get(), POLLIN, 0});
  while (board.go_on(watched)) {
    for (std::size_t i = 0; i < watched.size(); ++i) {
      if (watched[i].revents == 0) continue;
      const bool datagram = (*doors)[i].kind == Kind::datagram;
      datagram ? welcome_datagram((*doors)[i], board) : welcome_stream((*doors)[i], board);
    }
  }
  return {};
}

}  // namespace bottle::hand
