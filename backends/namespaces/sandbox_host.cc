// What a bottle does only as the host of a sandbox that makes walls of its own: canaries in its network, and the echo
// wherever a client of the sandbox comes to stand.
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "backends/namespaces/running_bottle.h"

namespace bottle::warden {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLaunchLimit{10'000};
constexpr milliseconds kKeeperLimit{5'000};  // for a sandbox to start its client
constexpr milliseconds kKillLimit{5'000};

}  // namespace

Result<std::vector<Canary>> RunningBottle::bind_canaries_inside(const std::vector<std::string>& wanted) const {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return fail_os("socketpair");
  const Fd ours(ends[0]), theirs(ends[1]);
  BOTTLE_TRY(auto reply, warden_.ask({{"op", "canaries"}, {"wanted", wanted}}, {theirs.get()}));
  BOTTLE_TRY(const auto answered, reply.next(steady_clock::now() + kLaunchLimit));
  BOTTLE_TRY(auto brought, receive_request(ours.get()));
  const auto where = answered.at("where").get<std::vector<std::string>>();
  if (!brought || brought->fds.size() != wanted.size() || where.size() != wanted.size())
    return fail("the warden brought too few canaries");
  std::vector<Canary> canaries;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    canaries.push_back({wanted[i].substr(0, wanted[i].find('=')), where[i], std::move(brought->fds[i])});
  return canaries;
}

Result<ExecResult> RunningBottle::exec_with_echo(const Command& command, const ExecLimits& limits,
                                                 const EchoWish& echo) {
  return exec_in("agent", command, limits, echo);
}

// Nothing: there is no echo, so its controls will not arrive, and what rests on them is not proven.
std::optional<RunningBottle::Program> RunningBottle::keep_echo(const Program& program, const EchoWish& echo,
                                                               Deadline deadline) {
  const auto client = [&] {
    const std::lock_guard lock(files_lock_);
    return files_.contains(echo.client) ? std::optional(files_.at(echo.client)) : std::nullopt;
  }();
  if (!client) return std::nullopt;
  const auto until = std::min(deadline, steady_clock::now() + kKeeperLimit);
  Program keeper{.id = next_id_++};
  auto reply = warden_.ask({{"op", "keep_echo"},
                            {"id", program.id},
                            {"keeper", keeper.id},
                            {"device", client->first},
                            {"inode", client->second},
                            {"port", echo.port},
                            {"abstract", echo.abstract},
                            {"timeout_ms", milliseconds_until(until)}});
  if (!reply) return std::nullopt;
  keeper.reply = std::move(*reply);
  const auto kept = keeper.reply.next(until + kKillLimit);
  if (!kept || !kept->value("kept", false)) return std::nullopt;
  return keeper;
}

}  // namespace bottle::warden
