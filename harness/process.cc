// Boost.Process v2 starts the child; waiting is ours, on a pidfd, because the end of a child and the end of its output
// are two things (shared style 8.2). Isolate corrects what the launcher of Boost 1.81 leaves open or ajar.
#include "harness/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#define BOOST_PROCESS_V2_SEPARATE_COMPILATION 1  // header-only, its environment code does not link
#include <boost/asio/io_context.hpp>
#include <boost/process/v2/posix/default_launcher.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/src.hpp>

#include "harness/streams.h"

namespace bottle {
namespace {

namespace v2 = boost::process::v2;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr char kDefaultPath[] = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";
constexpr milliseconds kDrainGrace{100};  // for what a background process that left the group still holds
constexpr milliseconds kKillGrace{5'000};

bool is_executable(const std::string& path) {
  std::error_code ignored;
  return ::access(path.c_str(), X_OK) == 0 && !std::filesystem::is_directory(path, ignored);
}

std::string search_path(const std::string& name, std::string_view path) {
  while (!path.empty()) {
    const auto colon = std::min(path.find(':'), path.size());
    const std::string candidate = std::string(path.substr(0, colon)) + "/" + name;
    if (colon > 0 && is_executable(candidate)) return candidate;
    path.remove_prefix(std::min(colon + 1, path.size()));
  }
  return {};
}

Result<std::string> executable_of(const Command& command) {
  if (command.argv.empty()) return fail("no program was given", Fault::usage);
  const std::string& name = command.argv.front();
  if (name.find('/') != std::string::npos) return name;
  const auto path = command.environment.find("PATH");
  std::string found = search_path(name, path == command.environment.end() ? kDefaultPath : path->second);
  if (found.empty()) return fail(name + ": not found in PATH", Fault::unavailable);
  return found;
}

// What the child is to keep: {number in the child, ours}, ours above every number in the child.
using Kept = std::vector<std::pair<int, int>>;

// Runs in the child, between fork and exec: system calls only.
struct Isolate {
  const Kept& kept;
  const char* directory;  // empty: ours

  template <class Launcher>
  v2::error_code on_exec_setup(Launcher& launcher, const v2::filesystem::path&, const char* const*&) {
    const int error_pipe = launcher.fd_whitelist.back();  // the launcher's own, which must live until exec
    for (const auto& [number, ours] : kept) {
      if (number == error_pipe) return failed_with(EBUSY);
    }
    // Boost closes no gaps between the descriptors that it keeps, so everything is marked first.
    if (::setpgid(0, 0) != 0 || ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0) return failed_with(errno);
    for (const auto& [number, ours] : kept) {
      if (::dup2(ours, number) < 0) return failed_with(errno);
    }
    if (*directory != '\0' && ::chdir(directory) != 0) return failed_with(errno);
    for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    return {};
  }

  // The launcher would call exit() in the child and so run the parent's atexit handlers twice.
  template <class Launcher>
  void on_exec_error(Launcher&, const v2::filesystem::path&, const char* const*&, const v2::error_code&) {
    ::_exit(127);
  }

 private:
  static v2::error_code failed_with(int code) {
    errno = code;  // the launcher reports errno, not what we return
    return {code, boost::system::system_category()};
  }
};

// The launcher tells its context of the fork, and asio's allocates memory then: in the child of a program with threads
// that may never end (a sanitizer's allocator, whose locks fork does not take, did hang). The child only execs.
struct SilentContext : boost::asio::io_context {
  void notify_fork(fork_event) {}
};

using PlainExecutor = boost::asio::io_context::executor_type;
struct SilentExecutor : PlainExecutor {
  explicit SilentExecutor(SilentContext& own) : PlainExecutor(own.get_executor()), context_(&own) {}
  SilentContext& query(boost::asio::execution::context_t) const noexcept { return *context_; }
  template <class Property>
  decltype(auto) query(const Property& property) const noexcept {
    return boost::asio::query(static_cast<const PlainExecutor&>(*this), property);
  }

 private:
  SilentContext* context_;
};

std::vector<std::string> environment_lines(const Environment& environment) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : environment) lines.push_back(name + "=" + value);
  return lines;
}

Result<int> try_launch(const std::string& program, const Command& command, const Kept& kept) {
  const auto lines = environment_lines(command.environment);
  std::vector<const char*> environment;
  for (const auto& line : lines) environment.push_back(line.c_str());
  environment.push_back(nullptr);

  SilentContext context;
  v2::posix::default_launcher launcher;
  launcher.env = environment.data();
  for (const auto& [number, ours] : kept) {
    if (number > 2) launcher.fd_whitelist.push_back(number);
  }
  const std::vector<std::string> arguments(command.argv.begin() + 1, command.argv.end());
  v2::error_code error;
  auto process = launcher(SilentExecutor(context), error, program, arguments, Isolate{kept, command.directory.c_str()});
  if (error) {
    const auto fault = error.value() == ENOENT ? Fault::unavailable : Fault::failed;
    return tl::unexpected<Error>(Error{fault, program + ": " + error.message(), error.value()});
  }
  const int pid = static_cast<int>(process.id());
  process.detach();  // from here on the child is ours to wait for
  return pid;
}

// `kept`'s right side is duplicated above the left side's numbers, so that no dup2 in the child covers a source, and
// those numbers are taken while the launcher makes its error pipe. Another thread may free one: then try again.
Result<int> launch(const Command& command, const Kept& wanted) {
  BOTTLE_TRY(const std::string program, executable_of(command));
  int highest = 2;
  for (const auto& [number, ours] : wanted) highest = std::max(highest, number);
  std::vector<Fd> sources;
  Kept kept;
  for (const auto& [number, ours] : wanted) {
    sources.emplace_back(::fcntl(ours, F_DUPFD_CLOEXEC, highest + 1));
    if (!sources.back()) return fail_os("dup");
    kept.emplace_back(number, sources.back().get());
  }
  try {
    for (int attempt = 0;; ++attempt) {
      std::vector<Fd> occupied;
      do {
        occupied.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
      } while (occupied.back() && occupied.back().get() <= highest);
      auto pid = try_launch(program, command, kept);
      if (pid || pid.error().os_errno != EBUSY || attempt == 100) return pid;
    }
  } catch (const std::exception& error) {
    return fail(program + ": " + error.what());
  }
}

}  // namespace

struct Process::State {
  int pid = -1;
  Fd pidfd = {};
  Fd input = {}, output = {};
  std::optional<Ending> ending = {};
  bool leaves_processes = false;

  bool wait_readable(int timeout_ms) const {
    const auto deadline = steady_clock::now() + milliseconds(timeout_ms);
    pollfd watched{pidfd.get(), POLLIN, 0};
    int ready = 0;
    while ((ready = ::poll(&watched, 1, milliseconds_until(deadline))) < 0 && errno == EINTR) {
    }
    return ready > 0;
  }

  void kill_group() const {
    if (ending || pid <= 0) return;
    ::kill(-pid, SIGCONT);  // a stopped process in a pid namespace may not take SIGKILL (nsjail)
    ::kill(-pid, SIGKILL);
    ::kill(pid, SIGKILL);  // it may have left its group
  }

  // Must only be called when the pidfd is readable. Until the reap the number is not reused, so the group kill is safe.
  void reap() {
    if (!leaves_processes) ::kill(-pid, SIGKILL);
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED) < 0 && errno == EINTR) {
    }
    if (info.si_code == CLD_EXITED) {
      ending = Exited{info.si_status};
    } else {
      ending = Signalled{info.si_status};
    }
  }

  static Result<std::unique_ptr<State>> spawn(const Command& command, const Kept& kept) {
    auto state = std::make_unique<State>();
    state->leaves_processes = command.leaves_processes;
    BOTTLE_TRY(state->pid, launch(command, kept));
    state->pidfd = Fd(static_cast<int>(::syscall(SYS_pidfd_open, state->pid, 0)));  // close-on-exec by definition
    if (state->pidfd) return state;
    const auto error = fail_os("pidfd_open");
    state->kill_group();
    ::waitpid(state->pid, nullptr, 0);
    return error;
  }
};

Process::Process(std::unique_ptr<State> state) : state_(std::move(state)) {}
Process::Process(Process&&) noexcept = default;

Process& Process::operator=(Process&& other) noexcept {
  std::swap(state_, other.state_);  // ours ends with `other`
  return *this;
}

Process::~Process() {
  if (!state_ || state_->ending) return;
  kill();
  if (state_->wait_readable(static_cast<int>(kKillGrace.count()))) state_->reap();
}

Result<Process> Process::start(const Command& command, const Options& options) {
  BOTTLE_TRY(auto in, Pipe::make());
  BOTTLE_TRY(auto out, Pipe::make());
  const Fd null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  if (!null) return fail_os("/dev/null");
  Kept kept{{0, in.read.get()}, {1, out.write.get()}, {2, options.stderr_to >= 0 ? options.stderr_to : null.get()}};
  kept.insert(kept.end(), options.inherit.begin(), options.inherit.end());
  BOTTLE_TRY(auto state, State::spawn(command, kept));
  state->input = std::move(in.write);
  state->output = std::move(out.read);
  return Process(std::move(state));
}

int Process::pid() const { return state_->pid; }
Fd& Process::input() { return state_->input; }
Fd& Process::output() { return state_->output; }
void Process::kill() { state_->kill_group(); }

std::optional<Ending> Process::wait(milliseconds limit) {
  if (!state_->ending && state_->wait_readable(static_cast<int>(limit.count()))) state_->reap();
  return state_->ending;
}

Result<ExecResult> run_process(const Command& command, const ExecLimits& limits) {
  BOTTLE_TRY(auto in, Pipe::make());
  BOTTLE_TRY(auto out, Pipe::make());
  BOTTLE_TRY(auto err, Pipe::make());
  const auto start = steady_clock::now();
  Kept kept{{0, in.read.get()}, {1, out.write.get()}, {2, err.write.get()}};
  kept.insert(kept.end(), command.inherit.begin(), command.inherit.end());
  BOTTLE_TRY(auto state, Process::State::spawn(command, kept));
  in.read.reset();
  out.write.reset();
  err.write.reset();
  Streams streams(std::move(in.write), std::move(out.read), std::move(err.read), command.input, limits.output_bytes);
  const bool ended = streams.run_until(state->pidfd.get(), start + limits.timeout);
  if (!ended) {
    state->kill_group();
    if (!streams.run_until(state->pidfd.get(), steady_clock::now() + kKillGrace)) {
      return fail(command.argv.front() + ": does not end on SIGKILL", Fault::timeout);
    }
  }
  ExecResult result;
  result.wall = steady_clock::now() - start;
  state->reap();
  streams.drain(kDrainGrace);
  streams.move_into(result);
  result.ending = ended ? *state->ending : Ending{TimedOut{}};
  return result;
}

Environment variables_beginning_with(const std::vector<std::string>& prefixes) {
  Environment environment;
  for (char** line = environ; *line != nullptr; ++line) {
    const std::string text = *line;
    const auto equals = text.find('=');
    const auto begins = [&](const std::string& prefix) { return text.starts_with(prefix); };
    if (equals != text.npos && std::any_of(prefixes.begin(), prefixes.end(), begins))
      environment[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return environment;
}

std::string find_program(const std::string& name, std::string_view path) {
  if (name.find('/') != std::string::npos) return is_executable(name) ? name : std::string();
  return search_path(name, path);
}

std::string find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  return find_program(name, std::string(path != nullptr ? path : kDefaultPath) + ":/usr/sbin:/sbin");
}

}  // namespace bottle
