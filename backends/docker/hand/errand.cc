#include "backends/docker/hand/errand.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "backends/docker/hand/child.h"
#include "backends/docker/hand/descendants.h"
#include "backends/docker/hand/incoming.h"
#include "backends/docker/hand/relay.h"
#include "backends/docker/hand/signals.h"
#include "backends/namespaces/files.h"
#include "backends/namespaces/put_file.h"

namespace bottle::hand {
namespace {

using docker::HandErrand;
using docker::HandReport;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Time = steady_clock::time_point;

constexpr milliseconds kDrainGrace{100};    // for what a background process still holds
constexpr milliseconds kFlushLimit{5'000};  // for the engine to take what was read
constexpr milliseconds kKillLimit{5'000};
constexpr std::size_t kInputAtOnce = 64u << 10;    // its pipe is ours and does not block
constexpr ino_t kMachinesProcesses = 0xEFFF'FFFC;  // /proc/self/ns/pid of a kernel's first pid namespace

int milliseconds_until(Time deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000'000));
}

Fd duplicate(int fd) { return Fd(::fcntl(fd, F_DUPFD_CLOEXEC, 3)); }

std::vector<std::string> environment_of(const HandErrand& errand) {
  Environment whole = errand.environment;
  for (char** line = environ; errand.base && line != nullptr && *line != nullptr; ++line) {
    const std::string text = *line;
    const std::string name = text.substr(0, text.find('='));
    const bool left_out = std::find(errand.without.begin(), errand.without.end(), name) != errand.without.end();
    if (!left_out && name.size() < text.size()) whole.emplace(name, text.substr(name.size() + 1));
  }
  std::vector<std::string> lines;
  for (const auto& [name, value] : whole) lines.push_back(name + "=" + value);
  return lines;
}

// In the machine's own pid namespace kill(-1), which spares only us and process 1, would be the end of the machine.
bool may_kill_everybody() {
  struct stat processes {};
  return ::stat("/proc/self/ns/pid", &processes) == 0 && processes.st_ino != kMachinesProcesses;
}

class Execution {
 public:
  static Result<HandReport> run(const HandErrand& errand) {
    BOTTLE_TRY(Fd signals, signal_descriptor({SIGCHLD, SIGPIPE}));
    const Time start = steady_clock::now();
    if (errand.kills == docker::HandKills::descendants) adopt_descendants();
    BOTTLE_TRY(Child child, start_child(errand.argv, environment_of(errand), errand.directory));
    return Execution(errand, std::move(signals), std::move(child), start).finish();
  }

 private:
  Execution(const HandErrand& errand, Fd signals, Child child, Time start)
      : errand_(errand),
        signals_(std::move(signals)),
        pid_(child.pid),
        start_(start),
        in_(duplicate(STDIN_FILENO), std::move(child.to_stdin),
            {.bytes = errand.input_bytes.value_or(Relay::Limits{}.bytes), .at_once = kInputAtOnce}),
        out_(std::move(child.from_stdout), duplicate(STDOUT_FILENO), {errand.output_bytes, true}),
        err_(std::move(child.from_stderr), duplicate(STDERR_FILENO), {errand.output_bytes, true}) {}

  Result<HandReport> finish() {
    HandReport report;
    const bool in_time = await_end(start_ + milliseconds(errand_.timeout_ms));
    if (!in_time) {
      ::kill(-pid_, SIGKILL);
      ::kill(pid_, SIGKILL);  // it may have left its group
      if (errand_.kills == docker::HandKills::descendants) kill_descendants(pid_);
      if (errand_.kills == docker::HandKills::everybody) kill_everybody();
      if (!await_end(steady_clock::now() + kKillLimit)) return fail("the command does not end on SIGKILL");
    }
    report.wall_ns = std::chrono::nanoseconds(steady_clock::now() - start_).count();
    drain();
    report.truncated = out_.dropped() || err_.dropped();
    report.outcome = in_time ? ending_ : Ending{TimedOut{}};
    return report;
  }

  bool await_end(Time deadline) {
    for (int left = 1; left > 0;) {
      if (has_ended_now()) return true;
      left = milliseconds_until(deadline);
      poll_once({signals_.get(), POLLIN, 0}, in_.awaited(), left);
    }
    return has_ended_now();
  }

  // Until nobody is left, also of those that were being born.
  void kill_everybody() {
    constexpr timespec kPause{0, 1'000'000};
    for (int i = 0; i < 500 && may_kill_everybody() && ::kill(-1, SIGKILL) == 0; ++i) {
      has_ended_now();  // or our own dead child would be somebody
      ::nanosleep(&kPause, nullptr);
    }
  }

  void drain() {
    out_.note_what_is_there();
    err_.note_what_is_there();
    const Time grace = steady_clock::now() + kDrainGrace, limit = steady_clock::now() + kFlushLimit;
    while (steady_clock::now() < limit) {
      const bool over = steady_clock::now() >= grace;
      if (over) out_.stop_after_what_was_there();
      if (over) err_.stop_after_what_was_there();
      if (out_.done() && err_.done()) return;
      poll_once({-1, 0, 0}, {-1, 0, 0}, milliseconds_until(over ? limit : grace));
    }
  }

  void poll_once(const pollfd& signals, const pollfd& in, int timeout_ms) {
    std::array<pollfd, 4> watched{{signals, in, out_.awaited(), err_.awaited()}};
    if (::poll(watched.data(), watched.size(), timeout_ms) <= 0) return;
    in_.go_on(watched[1].revents);
    out_.go_on(watched[2].revents);
    err_.go_on(watched[3].revents);
  }

  bool has_ended_now() {
    while (next_signal(signals_) != 0) {
    }
    int status = 0;
    if (ended_ || ::waitpid(pid_, &status, WNOHANG) != pid_) return ended_;
    ended_ = true;
    ending_ = Exited{WEXITSTATUS(status)};
    if (WIFSIGNALED(status)) ending_ = Signalled{WTERMSIG(status)};
    return true;
  }

  const HandErrand& errand_;
  Fd signals_;
  pid_t pid_;
  Time start_;
  Relay in_, out_, err_;
  bool ended_ = false;
  Ending ending_ = {};
};

Result<HandReport> try_to_carry_out(const HandErrand& errand) {
  for (const auto& file : errand.files) {
    BOTTLE_TRY(const Fd content, receive_file(STDIN_FILENO, file.size));
    if (auto put = warden::put_file(file.path, file.mode, content.get(), std::nullopt, errand.make_folders); !put)
      return fail(put.error());
  }
  if (errand.argv.empty()) return HandReport{Ending{Exited{0}}};
  if (errand.mark_output) {
    if (auto marked = warden::write_all(STDOUT_FILENO, docker::output_mark(errand.end)); !marked)
      return fail(marked.error());
  }
  return Execution::run(errand);
}

}  // namespace

HandReport carry_out(const HandErrand& errand) {
  const auto report = try_to_carry_out(errand);
  return report ? *report : HandReport{report.error()};
}

}  // namespace bottle::hand
