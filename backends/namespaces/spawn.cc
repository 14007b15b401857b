#include "backends/namespaces/spawn.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <array>

#include "backends/namespaces/program.h"
#include "backends/namespaces/protocol.h"

namespace bottle::warden {
namespace {

constexpr int kAboveAllNumbers = 200;

// A bundle is a service, no administrator of the bottle: no CAP_SYS_ADMIN, no CAP_NET_ADMIN.
constexpr std::array kServiceCapabilities{CAP_CHOWN,  CAP_DAC_OVERRIDE, CAP_FOWNER,  CAP_FSETID,          CAP_KILL,
                                          CAP_SETGID, CAP_SETUID,       CAP_NET_RAW, CAP_NET_BIND_SERVICE};

// Sources first go above all numbers, so that no dup2 covers one that is still needed. All but the targets are
// close-on-exec, the reply pipe too: its end of file would otherwise wait for the program.
Result<void> arrange_descriptors(const SpawnSpec& spec, const NetworkNamespaces& networks) {
  std::vector<std::pair<int, int>> wanted;
  const auto raise = [&](int fd, int number) {
    const int raised = ::fcntl(fd, F_DUPFD_CLOEXEC, kAboveAllNumbers);
    wanted.emplace_back(raised, number);
    return raised >= 0 && number >= 0 && number < kAboveAllNumbers;
  };
  for (std::size_t i = 0; i < spec.fds.size(); ++i) {
    if (!raise(spec.fds[i].get(), spec.numbers[i])) return fail_os("duplicate a descriptor");
  }
  for (const auto& [place, number] : spec.networks) {
    if (!raise(networks.at(place).get(), number)) return fail_os("duplicate a descriptor");
  }
  if (::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0) return fail_os("close_range");
  for (const auto& [raised, number] : wanted) {
    if (::dup2(raised, number) < 0) return fail_os("dup2");
  }
  return {};
}

void reset_signals() {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// By descriptor: the path means nothing any more, and an agent that has put something there is not asked.
Error execute_file(const Fd& program, const SpawnSpec& spec) {
  const auto argv = pointers(spec.argv);
  const auto environment = pointers(spec.environment);
  ::syscall(SYS_execveat, program.get(), "", argv.data(), environment.data(), AT_EMPTY_PATH);
  return fail_os(spec.argv.front()).value();
}

// The places are named after their networks but for two: the harness's own programs in the agent's network, and behind
// all of the agent's walls.
std::string network_of(const std::string& place) { return place.starts_with("agent-") ? "agent" : place; }

Error run_child(const SpawnSpec& spec, const NetworkNamespaces& networks, const Agent* agent) {
  reset_signals();
  if (::setsid() < 0) return fail_os("setsid").value();
  ::umask(022);
  const std::string directory = spec.directory.empty() ? "/" : spec.directory;
  if (::chdir(directory.c_str()) != 0) return fail_os(directory).value();
  if (auto entered = enter_network(networks, network_of(spec.place)); !entered) return entered.error();
  if (auto arranged = arrange_descriptors(spec, networks); !arranged) return arranged.error();
  if (spec.place == "agent-walls") {
    const Fd program(::open(spec.argv.front().c_str(), O_PATH | O_CLOEXEC));
    if (!program) return fail_os(spec.argv.front()).value();
    if (auto confined = agent->enter_and_confine(); !confined) return confined.error();
    return execute_file(program, spec);
  }
  if (spec.place == "agent") {
    if (auto confined = agent->enter_and_confine(); !confined) return confined.error();
  } else if (spec.place != "internet") {
    if (auto kept = keep_in_bounding_set(kServiceCapabilities); !kept) return kept.error();
  }
  return execute(spec.argv, spec.environment);
}

}  // namespace

Result<pid_t> spawn(const SpawnSpec& spec, int reply, const NetworkNamespaces& networks, const Agent* agent) {
  if (spec.argv.empty() || spec.numbers.size() != spec.fds.size()) return fail("spawn: an incomplete request");
  const bool in_agent = spec.place == "agent";
  if ((in_agent || spec.place == "agent-walls") && (agent == nullptr || !agent->ready()))
    return fail("the agent's place is not ready");
  if (in_agent) {
    if (auto entered = agent->enter_processes(); !entered) return fail(entered.error());
  }
  const pid_t child = ::fork();
  const int error = errno;
  if (child == 0) {
    // Must be its own before arrange_descriptors(), which may put the child's descriptors at any low number.
    const int answer_to = ::fcntl(reply, F_DUPFD_CLOEXEC, kAboveAllNumbers);
    answer_failure(answer_to, run_child(spec, networks, agent));
    ::_exit(127);
  }
  if (in_agent) {
    if (auto left = agent->leave_processes(); !left) return fail(left.error());
  }
  errno = error;
  if (child < 0) return fail_os("fork");
  return child;
}

}  // namespace bottle::warden
