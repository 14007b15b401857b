// How a child is started is the platform's business; waiting is ours, on a descriptor that tells its end, because the
// end of a child and the end of its output are two things (shared style 8.2).
#include "harness/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "harness/platform/launch.h"
#include "harness/platform/processes.h"
#include "harness/streams.h"

extern char** environ;  // declared by no header of a Mac

namespace bottle {
namespace {

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

// What is kept is duplicated above the numbers that it will have, so that no dup2 in the child covers a source.
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
  return launch_program(program, command, kept);
}

}  // namespace

struct Process::State {
  int pid = -1;
  Fd end = {};  // readable once it has ended
  Fd input = {}, output = {};
  std::optional<Ending> ending = {};
  bool leaves_processes = false;

  bool wait_readable(int timeout_ms) const {
    const auto deadline = steady_clock::now() + milliseconds(timeout_ms);
    pollfd watched{end.get(), POLLIN, 0};
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

  // Must only be called when its end is readable. Until the reap the number is not reused, so the group kill is safe.
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
    state->end = watch_end(state->pid);
    if (state->end) return state;
    const auto error = fail_os("watch a child");
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
  const bool ended = streams.run_until(state->end.get(), start + limits.timeout);
  if (!ended) {
    state->kill_group();
    if (!streams.run_until(state->end.get(), steady_clock::now() + kKillGrace)) {
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

std::string own_variable(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
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
