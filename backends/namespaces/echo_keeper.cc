#include "backends/namespaces/echo_keeper.h"

#include <dirent.h>
#include <fcntl.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <memory>
#include <string_view>

#include "backends/namespaces/confine.h"
#include "backends/namespaces/echo_doors.h"
#include "backends/namespaces/protocol.h"

namespace bottle::warden {
namespace {

using Kind = EchoDoor::Kind;

constexpr int kMostCallers = 256;  // a batch has a few dozen controls
constexpr int kPatience = 5000;    // ms of silence in a conversation
constexpr std::size_t kPingHeader = 8;

struct Keeper {
  KeeperSpec spec = {};
  Fd agent = {}, bundle = {};  // networks
  std::vector<EchoDoor> doors = {};
};

bool same_network(const Fd& one, const Fd& other) {
  struct stat a {
  }, b{};
  return ::fstat(one.get(), &a) == 0 && ::fstat(other.get(), &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

// Both ways, until both have ended or nothing is said any more.
void carry(const Fd& caller, const Fd& echo) {
  std::array<pollfd, 2> watched{{{caller.get(), POLLIN, 0}, {echo.get(), POLLIN, 0}}};
  std::array<char, 16384> bytes{};
  while ((watched[0].fd >= 0 || watched[1].fd >= 0) && ::poll(watched.data(), watched.size(), kPatience) > 0) {
    for (std::size_t from : {0U, 1U}) {
      if (watched[from].revents == 0) continue;
      const int to = from == 0 ? echo.get() : caller.get();
      const ssize_t got = ::recv(watched[from].fd, bytes.data(), bytes.size(), 0);
      if (got > 0 && ::send(to, bytes.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) == got) continue;
      if (got < 0) return;
      watched[from].fd = -1;
      ::shutdown(to, SHUT_WR);
    }
  }
}

// A process for each caller: nothing that one of them says or holds back concerns another. It has no rights left when
// the caller's first word is read.
Fd become_caller(const Keeper& keeper, const EchoDoor& door) {
  const Fd& network = door.kind == Kind::abstract ? keeper.agent : keeper.bundle;
  if (::setns(network.get(), CLONE_NEWNET) != 0) return {};
  Fd echo = dial_echo(door, keeper.spec.port, keeper.spec.abstract);
  if (!drop_all_capabilities() || !forbid_new_privileges()) return {};
  return echo;
}

void answer_stream(const Keeper& keeper, const EchoDoor& door) {
  const Fd caller(::accept4(door.socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!caller || ::fork() != 0) return;
  const Fd echo = become_caller(keeper, door);
  if (echo) carry(caller, echo);
  ::_exit(0);
}

// What an echo request carries; nothing: it is none.
std::string_view ping_of(std::string_view packet, int family) {
  if (family == AF_INET) {
    iphdr header{};
    if (packet.size() < sizeof header) return {};
    std::memcpy(&header, packet.data(), sizeof header);
    packet.remove_prefix(std::min<std::size_t>(packet.size(), std::size_t{header.ihl} * 4));
  }
  const char request = family == AF_INET ? char{ICMP_ECHO} : static_cast<char>(ICMP6_ECHO_REQUEST);
  return packet.size() >= kPingHeader && packet.front() == request ? packet : std::string_view();
}

void answer_datagram(const Keeper& keeper, const EchoDoor& door) {
  std::array<char, 65536> bytes{};
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  auto* sender = reinterpret_cast<sockaddr*>(&from);
  const ssize_t got = ::recvfrom(door.socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT, sender, &size);
  if (got < 0) return;
  std::string_view said(bytes.data(), static_cast<std::size_t>(got));
  if (door.kind == Kind::ping) said = ping_of(said, door.family);
  if ((door.kind == Kind::ping && said.empty()) || ::fork() != 0) return;
  const Fd echo = become_caller(keeper, door);
  pollfd answer{echo.get(), POLLIN, 0};
  if (!echo || ::send(echo.get(), said.data(), said.size(), MSG_NOSIGNAL) < 0 || ::poll(&answer, 1, kPatience) <= 0 ||
      door.kind == Kind::ping) {
    ::_exit(0);
  }
  const ssize_t back = ::recv(echo.get(), bytes.data(), bytes.size(), 0);
  if (back >= 0) ::sendto(door.socket.get(), bytes.data(), static_cast<std::size_t>(back), MSG_NOSIGNAL, sender, size);
  ::_exit(0);
}

[[noreturn]] void keep(const Keeper& keeper) {
  ::signal(SIGCHLD, SIG_IGN);
  int left = kMostCallers;
  while (left > 0) {
    std::vector<pollfd> watched;
    for (const EchoDoor& door : keeper.doors) watched.push_back({door.socket.get(), POLLIN, 0});
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) break;
    for (std::size_t i = 0; i < watched.size(); ++i) {
      if (watched[i].revents == 0) continue;
      const EchoDoor& door = keeper.doors[i];
      const bool stream = door.kind == Kind::stream || door.kind == Kind::abstract;
      stream ? answer_stream(keeper, door) : answer_datagram(keeper, door);
      --left;
    }
  }
  ::_exit(0);
}

// Other requests' reply pipes are open here, too: whoever waits for their end must not wait for ours.
void close_all_but(const std::set<int>& kept) {
  unsigned next = 3;
  for (const int fd : kept) {
    if (static_cast<unsigned>(fd) > next) ::close_range(next, static_cast<unsigned>(fd) - 1, 0);
    next = static_cast<unsigned>(fd) + 1;
  }
  ::close_range(next, ~0U, 0);
}

Result<void> open_and_keep(Keeper keeper, const Fd& network, int reply) {
  close_all_but({keeper.agent.get(), keeper.bundle.get(), network.get(), reply});
  if (::setsid() < 0) return fail_os("setsid");
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::setns(network.get(), CLONE_NEWNET) != 0) return fail_os("enter the sandbox's network");
  // Where the sandbox shares its host's names, the echo has its own there already.
  const bool apart = !same_network(network, keeper.agent);
  BOTTLE_TRY(keeper.doors, open_echo_doors(keeper.spec.port, apart ? keeper.spec.abstract : std::string()));
  answer(reply, {{"kept", true}});
  ::close(reply);
  keep(keeper);
}

}  // namespace

std::optional<pid_t> find_process_of(const FileIdentity& program, const std::set<pid_t>& known) {
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir("/proc"), [](DIR* open) { return ::closedir(open); });
  if (!listing) return std::nullopt;
  while (const dirent* entry = ::readdir(listing.get())) {
    const auto process = static_cast<pid_t>(std::atoi(entry->d_name));
    if (process <= 0 || known.contains(process)) continue;
    struct stat executes {};
    if (::stat(("/proc/" + std::string(entry->d_name) + "/exe").c_str(), &executes) != 0) continue;
    if (executes.st_ino == program.inode && executes.st_dev == program.device) return process;
  }
  return std::nullopt;
}

Result<pid_t> start_echo_keeper(const KeeperSpec& spec, const NetworkNamespaces& networks, int reply) {
  const std::string path = "/proc/" + std::to_string(spec.process) + "/ns/net";
  const Fd network(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!network) return fail_os(path);
  Keeper keeper{.spec = spec,
                .agent = Fd(::fcntl(networks.at("agent").get(), F_DUPFD_CLOEXEC, 3)),
                .bundle = Fd(::fcntl(networks.at("bundle").get(), F_DUPFD_CLOEXEC, 3))};
  if (!keeper.agent || !keeper.bundle) return fail_os("duplicate a descriptor");
  const pid_t child = ::fork();
  if (child < 0) return fail_os("fork");
  if (child > 0) return child;
  if (const auto kept = open_and_keep(std::move(keeper), network, reply); !kept) answer_failure(reply, kept.error());
  ::_exit(1);
}

}  // namespace bottle::warden
