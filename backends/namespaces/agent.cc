// The mount, pid, ipc, uts and network namespaces belong to the warden's user namespace, not to the agent's. So even
// all capabilities in the agent's user namespace would give no power over its root, its processes' view or its links.
#include "backends/namespaces/agent.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <functional>

#include "backends/namespaces/put_file.h"

namespace bottle::warden {
namespace {

constexpr int kNamespaces = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

Result<void> confine_as_agent(const SeccompFilter& filter) {
  if (::syscall(SYS_setresgid, kAgentId, kAgentId, kAgentId) != 0) return fail_os("become the agent's group");
  if (::syscall(SYS_setresuid, kAgentId, kAgentId, kAgentId) != 0) return fail_os("become the agent");
  if (auto dropped = drop_all_capabilities(); !dropped) return dropped;
  if (auto limited = limit_resources(); !limited) return limited;
  if (auto forbidden = forbid_new_privileges(); !forbidden) return forbidden;
  return filter.install();
}

// As whoever starts a sandbox at home: no confinement, that is the sandbox's own work. What an ordinary user may gain
// there by a set-user-ID program (some sandboxes are one) he gains in the warden's user namespace only.
Result<void> become_user_of_host(unsigned id) {
  if (::syscall(SYS_setresgid, id, id, id) != 0) return fail_os("become the group of the sandbox's user");
  if (::syscall(SYS_setresuid, id, id, id) != 0) return fail_os("become the sandbox's user");
  return limit_resources();
}

void say(int fd, const Result<void>& result) {
  const std::string text = result ? "ok" : std::to_string(result.error().os_errno) + " " + result.error().what;
  static_cast<void>(!::write(fd, text.data(), text.size()));
}

Result<void> hear(int fd) {
  std::array<char, 1024> text{};
  const ssize_t got = ::read(fd, text.data(), text.size() - 1);
  if (got <= 0) return fail("the agent's first process has died");
  const std::string said(text.data(), static_cast<std::size_t>(got));
  if (said == "ok") return {};
  Error error;
  std::size_t end = 0;
  error.os_errno = std::stoi(said, &end);
  error.what = said.substr(end + 1);
  return fail(error);
}

Result<void> put_first_files(const RootSpec& spec) {
  for (const FirstFile& file : spec.files) {
    const auto put = put_file(file.path, file.mode, file.content.get(), spec.identity.agent_in_warden);
    if (!put) return fail(put.error());
  }
  return {};
}

// Process 1 of the agent's pid namespace: adopts orphans, and lives as long as the bottle.
[[noreturn]] void run_init(const RootSpec& spec, const std::function<Result<void>(const SeccompFilter&)>& confine,
                           bool nested, Fd to_warden, Fd from_warden) {
  auto built = spec.host ? build_host_root(*spec.host, spec.identity) : build_agent_root(spec);
  if (built) built = put_first_files(spec);
  if (built && ::sethostname("bottle", 6) != 0) built = fail_os("sethostname");
  if (built && nested && ::unshare(CLONE_NEWUSER) != 0) built = fail_os("the agent's user namespace");
  say(to_warden.get(), built);
  if (!built) ::_exit(1);
  const auto filter = SeccompFilter::receive(from_warden.get());
  if (!filter) ::_exit(1);

  ::prctl(PR_SET_DUMPABLE, 0);  // the agent has the same uid and must not look into it
  auto confined = confine(*filter);
  if (confined && ::signal(SIGCHLD, SIG_IGN) == SIG_ERR) confined = fail_os("SIGCHLD");  // orphans reap themselves
  ::prctl(PR_SET_DUMPABLE, 0);
  say(to_warden.get(), confined);
  if (!confined) ::_exit(1);
  to_warden.release();
  from_warden.release();
  ::close_range(0, ~0U, 0);
  sigset_t none;
  ::sigemptyset(&none);
  for (;;) ::sigsuspend(&none);
}

Result<Fd> open_namespace(const std::string& process, const char* name) {
  const std::string path = "/proc/" + process + "/ns/" + name;
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return fail_os(path);
  return fd;
}

}  // namespace

Result<Agent> Agent::start(const RootSpec& spec) {
  std::array<int, 2> up{}, down{};
  if (::pipe2(up.data(), O_CLOEXEC) != 0 || ::pipe2(down.data(), O_CLOEXEC) != 0) return fail_os("pipe2");
  Agent agent;
  agent.identity_ = spec.identity;
  if (spec.host) {
    agent.kind_ = spec.host->as_root ? Kind::root_of_host : Kind::host;
    // Without a second id of the host's, being somebody else than the warden takes a user namespace.
    agent.nested_ = !spec.host->as_root && spec.identity.agent_on_host == 0;
  }
  agent.from_init_ = Fd(up[0]);
  agent.to_init_ = Fd(down[1]);
  Fd to_warden(up[1]);
  Fd from_warden(down[0]);
  BOTTLE_TRY(agent.own_processes_, open_namespace("self", "pid"));
  agent.init_ = static_cast<pid_t>(::syscall(SYS_clone, kNamespaces | SIGCHLD, 0, 0, 0, 0));
  if (agent.init_ < 0) return fail_os("the agent's namespaces");
  if (agent.init_ == 0) {
    run_init(
        spec, [&](const SeccompFilter& filter) { return agent.confine(filter); }, agent.nested_, std::move(to_warden),
        std::move(from_warden));
  }
  return agent;
}

Result<void> Agent::make_filter() {
  BOTTLE_TRY(filter_, SeccompFilter::make());
  return {};
}

Result<void> Agent::finish() {
  if (auto built = hear(from_init_.get()); !built) return built;
  const std::string process = std::to_string(init_);
  BOTTLE_TRY(auto users, open_namespace(process, "user"));
  BOTTLE_TRY(mounts_, open_namespace(process, "mnt"));
  BOTTLE_TRY(processes_, open_namespace(process, "pid"));
  BOTTLE_TRY(ipc_, open_namespace(process, "ipc"));
  BOTTLE_TRY(hostname_, open_namespace(process, "uts"));
  BOTTLE_TRY(cgroups_, open_namespace(process, "cgroup"));
  if (nested_) {
    if (auto mapped = map_agent(init_, identity_); !mapped) return mapped;
  }
  if (auto sent = filter_.send(to_init_.get()); !sent) return sent;
  auto confined = hear(from_init_.get());
  from_init_.reset();
  to_init_.reset();
  if (confined) users_ = std::move(users);
  return confined;
}

Result<void> Agent::enter_processes() const {
  if (::setns(processes_.get(), CLONE_NEWPID) != 0) return fail_os("enter the agent's pid namespace");
  return {};
}

Result<void> Agent::leave_processes() const {
  if (::setns(own_processes_.get(), CLONE_NEWPID) != 0) return fail_os("leave the agent's pid namespace");
  return {};
}

Result<void> Agent::enter_files() const {
  if (::setns(mounts_.get(), CLONE_NEWNS) != 0) return fail_os("enter the agent's mount namespace");
  return {};
}

Result<void> Agent::confine(const SeccompFilter& filter) const {
  switch (kind_) {
    case Kind::agent: return confine_as_agent(filter);
    case Kind::host: return become_user_of_host(nested_ ? kAgentId : identity_.agent_in_warden);
    case Kind::root_of_host: return limit_resources();
  }
  return fail("a place of no kind");
}

Result<void> Agent::enter_and_confine() const {
  if (auto entered = enter_files(); !entered) return entered;
  if (::setns(ipc_.get(), CLONE_NEWIPC) != 0 || ::setns(hostname_.get(), CLONE_NEWUTS) != 0 ||
      ::setns(cgroups_.get(), CLONE_NEWCGROUP) != 0 || (nested_ && ::setns(users_.get(), CLONE_NEWUSER) != 0)) {
    return fail_os("enter the agent's namespaces");
  }
  if (auto confined = confine(filter_); !confined) return confined;
  if (::chdir("/home/agent") != 0) return fail_os("/home/agent");
  return {};
}

}  // namespace bottle::warden
