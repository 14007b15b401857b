// bottle-warden: makes the walls of a bottle, and is process 1 within them. Read this file from the bottom.
//
// Two processes. The outer one stays with the host: it writes the id maps and waits. The inner one is process 1 of a
// new pid namespace and holds everything else: when it ends, for whatever reason, the kernel ends all of the bottle's
// processes, and with them go the namespaces, links and mounts. It ends when
//   - its control socket does (the harness is gone, SIGKILL included), or
//   - the outer process does (PR_SET_PDEATHSIG).
// PR_SET_PDEATHSIG is not used towards the harness: it fires when the *thread* ends that started us.
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string_view>

#include "backends/namespaces/confine.h"
#include "backends/namespaces/identity.h"
#include "backends/namespaces/places.h"
#include "backends/namespaces/protocol.h"
#include "backends/namespaces/server.h"
#include "backends/namespaces/view.h"

namespace bottle::warden {
namespace {

constexpr int kNamespaces = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET;

int complain(const Error& error) {
  std::fprintf(stderr, "bottle-warden: %s\n", error.what.c_str());
  return 1;
}

enum class Task {
  serve,
  serve_alone,  // the agent's place, without the places around it
  check,        // only whether it can be done
};

Result<void> work(const Identity& identity, Task task) {
  if (auto view = make_private_view(); !view) return view;
  BOTTLE_TRY(const auto networks, make_network_namespaces(task == Task::serve_alone));
  if (task != Task::check) return serve(kControl, identity, networks);
  const auto filter = SeccompFilter::make();
  return filter ? Result<void>() : fail(filter.error());
}

int inner(const Identity& identity, Fd gate, Task task) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  char mapped = 0;
  if (::read(gate.get(), &mapped, 1) != 1) return 1;  // the outer process has failed, or died before the line above
  const auto done = work(identity, task);
  return done ? 0 : complain(done.error());
}

int exit_code_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// The inner process sees the end of the socket too; this is for the case that it cannot act on it.
int watch(pid_t child, Task task) {
  const Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  std::array<pollfd, 2> watched{{{pidfd.get(), POLLIN, 0}, {task == Task::check ? -1 : kControl, 0, 0}}};
  while (pidfd && ::poll(watched.data(), watched.size(), -1) < 0 && errno == EINTR) {
  }
  if (watched[0].revents == 0) ::kill(child, SIGKILL);
  return exit_code_of(child);
}

Result<int> outer(Task task) {
  const Identity identity = choose_identity();
  if (identity.agent_on_host != 0 && ::setgroups(0, nullptr) != 0) return fail_os("leave the supplementary groups");
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_os("pipe2");
  Fd gate(ends[0]);
  Fd open_gate(ends[1]);
  const auto child = static_cast<pid_t>(::syscall(SYS_clone, kNamespaces | SIGCHLD, 0, 0, 0, 0));
  if (child < 0) return fail_os("new namespaces");
  if (child == 0) {
    open_gate.reset();
    ::_exit(inner(identity, std::move(gate), task));
  }
  if (auto mapped = map_warden(child, identity); !mapped) {
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    return fail(mapped.error());
  }
  if (::write(open_gate.get(), "m", 1) != 1) return fail_os("start the inner process");
  open_gate.reset();
  return watch(child, task);
}

}  // namespace
}  // namespace bottle::warden

// --check: makes the namespaces, says on stderr what fails, ends.
int main(int argc, char** argv) {
  using namespace bottle::warden;
  const std::string_view word = argc == 2 ? argv[1] : "";
  const Task task = word == "--check" ? Task::check : word == "--alone" ? Task::serve_alone : Task::serve;
  if (argc > 2 || (argc == 2 && task == Task::serve)) {
    std::fprintf(stderr, "bottle-warden is started by bottle-verify; by hand only as: bottle-warden --check\n");
    return 2;
  }
  const auto code = outer(task);
  return code ? *code : complain(code.error());
}
