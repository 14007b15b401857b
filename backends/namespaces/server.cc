#include "backends/namespaces/server.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <map>
#include <optional>

#include "backends/namespaces/agent.h"
#include "backends/namespaces/canaries.h"
#include "backends/namespaces/doors.h"
#include "backends/namespaces/keeper_waits.h"
#include "backends/namespaces/listening.h"
#include "backends/namespaces/protocol.h"
#include "backends/namespaces/put_file.h"
#include "backends/namespaces/spawn.h"
#include "backends/namespaces/view.h"

namespace bottle::warden {
namespace {

struct Child {
  int id = 0;  // the driver's number for it
  std::string place = {};
  Fd reply = {};
};

class Server {
 public:
  Server(int control, const Identity& identity, const NetworkNamespaces& networks)
      : control_(control), identity_(identity), networks_(networks) {}

  Result<void> run();

 private:
  void handle(Request request);
  Result<void> launch(const Message& body, std::vector<Fd> fds);
  Result<void> start_program(const Message& body, std::vector<Fd> fds);
  Result<void> kill_program(const Message& body);
  Result<void> kill_agents();
  Result<void> put(const Message& body, std::vector<Fd> fds);
  Result<void> open_doors_for(const Message& body, const std::vector<Fd>& fds);
  Result<void> bind_canaries_for(const Message& body, const std::vector<Fd>& fds);
  Result<void> wait_for_listeners(const Message& body, Fd reply);
  void check_listeners();
  void check_clients();
  void finish_launch();
  void report_phase(const char* name, std::int64_t from);
  void reap();
  bool runs(int id) const;

  int control_;
  Identity identity_;
  const NetworkNamespaces& networks_;
  std::optional<Agent> agent_;
  Fd launch_reply_;
  std::int64_t agent_from_ = 0;
  std::map<pid_t, Child> children_;
  std::vector<ListenerWait> waits_;
  KeeperWaits keeper_waits_;
};

Result<void> Server::run() {
  sigset_t ended;
  ::sigemptyset(&ended);
  ::sigaddset(&ended, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &ended, nullptr);
  const Fd children(::signalfd(-1, &ended, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!children) return fail_os("signalfd");
  for (;;) {
    const bool launching = agent_ && !agent_->ready() && launch_reply_;
    std::array<pollfd, 3> watched{
        {{control_, POLLIN, 0}, {children.get(), POLLIN, 0}, {launching ? agent_->events() : -1, POLLIN, 0}}};
    const bool looking = !waits_.empty() || !keeper_waits_.empty();
    if (::poll(watched.data(), watched.size(), looking ? 1 : -1) < 0 && errno != EINTR) return fail_os("poll");
    if (watched[1].revents != 0) {
      signalfd_siginfo info{};
      static_cast<void>(!::read(children.get(), &info, sizeof(info)));
      reap();
    }
    if (watched[2].revents != 0) finish_launch();
    check_listeners();
    check_clients();
    if (watched[0].revents == 0) continue;
    auto request = receive_request(control_);
    if (!request) return fail(request.error());
    if (!request->has_value()) return {};
    handle(std::move(**request));
  }
}

void Server::handle(Request request) {
  if (request.fds.empty()) return;
  Fd reply = std::move(request.fds.front());
  const Fd fallback(::fcntl(reply.get(), F_DUPFD_CLOEXEC, 0));  // `reply` may be kept by who handles the request
  request.fds.front() = std::move(reply);
  Result<void> done = fail("an unknown request");
  try {
    const std::string op = request.body.at("op");
    if (op == "launch") done = launch(request.body, std::move(request.fds));
    if (op == "spawn") done = start_program(request.body, std::move(request.fds));
    if (op == "kill") done = kill_program(request.body);
    if (op == "put_file") done = put(request.body, std::move(request.fds));
    if (op == "doors") done = open_doors_for(request.body, request.fds);
    if (op == "canaries") done = bind_canaries_for(request.body, request.fds);
    if (op == "keep_echo") {
      keeper_waits_.add(request.body, std::move(request.fds.front()));
      done = {};
    }
    if (op == "listening") done = wait_for_listeners(request.body, std::move(request.fds.front()));
  } catch (const nlohmann::json::exception& error) {
    done = fail(std::string("a request that is not as it must be: ") + error.what());
  }
  if (!done) answer_failure(fallback.get(), done.error());
}

void Server::report_phase(const char* name, std::int64_t from) {
  answer(launch_reply_.get(), {{"phase", name}, {"from", from}, {"took", now_ns() - from}});
}

// Nothing: the agent's place is the agent's.
std::optional<HostRoot> host_root_of(const Message& body) {
  if (!body.contains("sandbox_host")) return std::nullopt;
  const Message& host = body["sandbox_host"];
  return HostRoot{.as_root = host.at("as_root"),
                  .keep = host.at("keep"),
                  .resolver = body.at("resolver"),
                  .canary = host.at("canary"),
                  .canary_at = host.at("canary_at")};
}

// `fds`: the reply, then one for each file.
Result<std::vector<FirstFile>> first_files_of(const Message& body, std::vector<Fd>& fds) {
  const auto& paths = body.at("paths");
  const auto& modes = body.at("modes");
  if (paths.size() + 1 != fds.size() || modes.size() != paths.size()) return fail("launch: an incomplete request");
  std::vector<FirstFile> files;
  for (std::size_t i = 0; i < paths.size(); ++i) files.push_back({paths[i], modes[i], std::move(fds[i + 1])});
  return files;
}

// The agent's first process builds its root while we make the links.
Result<void> Server::launch(const Message& body, std::vector<Fd> fds) {
  if (agent_) return fail("launched already");
  BOTTLE_TRY(auto files, first_files_of(body, fds));
  launch_reply_ = std::move(fds.front());
  const NetworkPlan plan{body.at("base4"), body.at("base6"), body.at("neighbour4"), body.at("host")};
  BOTTLE_TRY(auto wrongs, parse_wrongs(body.at("wrongs"), plan));
  const std::string rootfs = body.at("rootfs");
  const auto host = host_root_of(body);
  if (host) wrongs.roads = {{.network = "0.0.0.0"}, {.network = "::"}};  // a host has the internet

  const bool alone = body.at("alone");
  if (!alone) {
    const auto view_from = now_ns();
    if (auto view = furnish_view(body.at("keep"), body.at("resolver")); !view) return view;
    report_phase("view", view_from);
  }
  agent_from_ = now_ns();
  const std::string let_in = wrongs.mount_canary ? body.at("let_in").get<std::string>() : std::string();
  BOTTLE_TRY(agent_, Agent::start({.rootfs = rootfs,
                                   .resolver = plan.bundle(),
                                   .identity = identity_,
                                   .let_in = let_in,
                                   .host = host,
                                   .files = std::move(files)}));
  if (auto made = agent_->make_filter(); !made) return made;
  if (alone) return make_agent_ready(networks_, plan, identity_.agent_in_warden);

  const auto links_from = now_ns();
  if (auto joined = join_places(networks_, plan, wrongs, identity_.agent_in_warden); !joined) return joined;
  report_phase("links", links_from);
  return {};
}

void Server::finish_launch() {
  const auto finished = agent_->finish();
  if (finished) {
    report_phase("agent-root", agent_from_);
    ::prctl(PR_SET_DUMPABLE, 0);  // from here on agents are our children until they execute
    answer(launch_reply_.get(), {{"done", true}});
  } else {
    answer_failure(launch_reply_.get(), finished.error());
  }
  launch_reply_.reset();
}

Result<void> Server::start_program(const Message& body, std::vector<Fd> fds) {
  Child child{body.at("id"), body.at("place"), std::move(fds.front())};
  fds.erase(fds.begin());
  const SpawnSpec spec{child.place,    body.at("argv"),      body.at("environment"), body.at("numbers"),
                       std::move(fds), body.at("directory"), body.at("networks")};
  BOTTLE_TRY(const pid_t pid, spawn(spec, child.reply.get(), networks_, agent_ ? &*agent_ : nullptr));
  children_[pid] = std::move(child);
  return {};
}

bool Server::runs(int id) const {
  for (const auto& [pid, child] : children_) {
    if (child.id == id) return true;
  }
  return false;
}

Result<void> Server::kill_program(const Message& body) {
  const int id = body.at("id");
  const int signal = body.at("signal");
  for (const auto& [pid, child] : children_) {
    if (child.id != id) continue;
    if (child.place == "agent" && signal == SIGKILL) return kill_agents();
    if (::kill(-pid, signal) != 0 && ::kill(pid, signal) != 0) return fail_os("kill");
  }
  return {};
}

// kill(-1) inside the agent's pid namespace reaches everything but its first process, and nothing can fork past it.
Result<void> Server::kill_agents() {
  if (auto entered = agent_->enter_processes(); !entered) return entered;
  const pid_t killer = ::fork();
  if (killer == 0) {
    ::kill(-1, SIGKILL);
    ::_exit(0);
  }
  return agent_->leave_processes();
}

Result<void> Server::put(const Message& body, std::vector<Fd> fds) {
  if (!agent_ || !agent_->ready()) return fail("the agent's place is not ready");
  if (fds.size() != 2) return fail("put_file: an incomplete request");
  const std::string path = body.at("path");
  const unsigned mode = body.at("mode");
  const pid_t child = ::fork();
  if (child < 0) return fail_os("fork");
  if (child > 0) return {};
  const auto write = [&]() -> Result<FileIdentity> {
    if (auto entered = agent_->enter_files(); !entered) return fail(entered.error());
    return put_file(path, mode, fds[1].get(), agent_->identity().agent_in_warden);
  };
  if (const auto written = write()) {
    answer(fds[0].get(), {{"done", true}, {"device", written->device}, {"inode", written->inode}});
  } else {
    answer_failure(fds[0].get(), written.error());
  }
  ::_exit(0);
}

Result<void> Server::open_doors_for(const Message& body, const std::vector<Fd>& fds) {
  if (fds.size() != 2) return fail("doors: an incomplete request");
  BOTTLE_TRY(const auto doors, open_doors(networks_, body.at("where")));
  std::vector<int> numbers;
  for (const Fd& door : doors) numbers.push_back(door.get());
  if (auto sent = send_request(fds[1].get(), {{"done", true}}, numbers); !sent) return sent;
  answer(fds[0].get(), {{"done", true}});
  return {};
}

Result<void> Server::bind_canaries_for(const Message& body, const std::vector<Fd>& fds) {
  if (fds.size() != 2) return fail("canaries: an incomplete request");
  if (auto entered = enter_network(networks_, "agent"); !entered) return entered;
  BOTTLE_TRY(const auto canaries, bind_canaries(body.at("wanted")));
  Message where = Message::array();
  std::vector<int> numbers;
  for (const Canary& canary : canaries) {
    where.push_back(canary.where);
    numbers.push_back(canary.socket.get());
  }
  if (auto sent = send_request(fds[1].get(), {{"done", true}}, numbers); !sent) return sent;
  answer(fds[0].get(), {{"where", where}});
  return {};
}

Result<void> Server::wait_for_listeners(const Message& body, Fd reply) {
  BOTTLE_TRY(auto wait, ListenerWait::begin(networks_, body.at("ports"), body.at("timeout_ms"), body.at("id")));
  wait.reply = std::move(reply);
  waits_.push_back(std::move(wait));
  return {};
}

void Server::check_listeners() {
  std::erase_if(waits_, [&](ListenerWait& wait) {
    const auto now = wait.listening();
    const bool over = now.size() == wait.ports.size() || now_ns() > wait.until_ns || !runs(wait.program);
    if (over) answer(wait.reply.get(), {{"listening", now}});
    return over;
  });
}

void Server::check_clients() {
  keeper_waits_.check(
      networks_, [this](int id) { return runs(id); },
      [this](pid_t keeper, int id, Fd reply) {
        children_[keeper] = {id, "keeper", std::move(reply)};
      });
}

void Server::reap() {
  int status = 0;
  for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    const auto found = children_.find(pid);
    if (found == children_.end()) continue;  // an orphan, or a helper of ours
    answer(found->second.reply.get(), {{"ended", status}});
    children_.erase(found);
  }
}

}  // namespace

Result<void> serve(int control, const Identity& identity, const NetworkNamespaces& networks) {
  return Server(control, identity, networks).run();
}

}  // namespace bottle::warden
