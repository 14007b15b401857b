#include "probes/keeper.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "probes/system.h"

namespace bottle::prober {
namespace {

void tell(int notices, Notice::Kind kind, int value) {
  const Notice notice = {kind, value};
  while (::write(notices, &notice, sizeof notice) < 0 && errno == EINTR) {
  }
}

// The keeper lives long and never executes anything: what it held would keep other actions' connections open.
void close_all_but(int kept) {
  if (close_from(kept + 1)) {
    for (int fd = 0; fd < kept; ++fd) ::close(fd);
    return;
  }
  rlimit limit = {};
  const int most =
      ::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 65536 ? static_cast<int>(limit.rlim_cur) : 65536;
  for (int fd = 0; fd < most; ++fd) {
    if (fd != kept) ::close(fd);
  }
}

[[noreturn]] void become_step(const Launch& launch) {
  ::setpgid(0, 0);
  end_with_parent();
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action = {};
    action.sa_handler = SIG_DFL;  // an ignored SIGPIPE would be inherited
    ::sigaction(signal, &action, nullptr);
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::chdir(launch.directory) == 0 && ::dup2(launch.in, 0) >= 0 && ::dup2(launch.out, 1) >= 0 &&
      ::dup2(launch.err, 2) >= 0) {
    close_on_exec_from(3);  // ours are so already; not what we inherited
    ::execve(launch.program, launch.argv, launch.environment);
  }
  tell(launch.notices, Notice::not_executed, errno);
  ::_exit(127);
}

[[noreturn]] void keep(const Launch& launch) {
  sigset_t all;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);  // a step that signals its group's or its parent's world must not end us
  ::setpgid(0, 0);
  end_with_parent();
  adopt_orphans();
  // The keeper has one thread and waits for the exec anyway: vfork copies no page tables. become_step() does not
  // return.
  const pid_t step = ::vfork();
  if (step == 0) become_step(launch);
  if (step < 0) {
    tell(launch.notices, Notice::not_executed, errno);
    tell(launch.notices, Notice::exited, 127);
    ::_exit(0);
  }
  ::setpgid(step, step);
  close_all_but(launch.notices);
  tell(launch.notices, Notice::started, step);
  // Looked at, not reaped: until the keeper goes, the step's number names nothing else.
  siginfo_t info = {};
  while (::waitid(P_PID, static_cast<id_t>(step), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  tell(launch.notices, info.si_code == CLD_EXITED ? Notice::exited : Notice::signalled, info.si_status);
  for (;;) ::pause();
}

}  // namespace

pid_t start_keeper(const Launch& launch) {
  const pid_t keeper = clone_process();
  if (keeper == 0) keep(launch);
  return keeper;
}

}  // namespace bottle::prober
