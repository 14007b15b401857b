// pidfds, and what /proc tells.
#include "harness/platform/processes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace bottle {
namespace {

constexpr std::size_t kLongestArguments = 256u << 10;

bool is_readable(const Fd& fd, std::chrono::milliseconds limit) {
  pollfd watched{fd.get(), POLLIN, 0};
  return ::poll(&watched, 1, static_cast<int>(limit.count())) > 0;
}

// The pidfd comes first: when the start time then matches, it is that very process which a signal reaches.
Fd hold(const ProcessMark& mark) {
  Fd pidfd = watch_end(mark.pid);
  const auto now = mark_of(mark.pid);
  return now && now->start_ticks == mark.start_ticks ? std::move(pidfd) : Fd();
}

}  // namespace

Result<ProcessMark> mark_of(int pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  if (!std::getline(file, line)) return fail(fmt::format("process {}: not there", pid));
  // The second field is the program's name in parentheses and may hold anything, so count from the last ')'.
  std::istringstream fields(line.substr(std::min(line.rfind(')') + 1, line.size())));
  std::string word;
  for (int field = 3; field <= 22; ++field) fields >> word;
  ProcessMark mark{pid, 0};
  if (!fields || std::sscanf(word.c_str(), "%lu", &mark.start_ticks) != 1)
    return fail("/proc/PID/stat: not as expected");
  return mark;
}

Fd watch_end(int pid) {
  return Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));  // close-on-exec by definition
}

bool has_ended(const ProcessMark& mark) {
  const Fd pidfd = hold(mark);
  return !pidfd || is_readable(pidfd, std::chrono::milliseconds(0));
}

void end_process(const ProcessMark& mark, std::chrono::milliseconds limit) {
  const Fd pidfd = hold(mark);
  if (!pidfd) return;
  ::syscall(SYS_pidfd_send_signal, pidfd.get(), SIGKILL, nullptr, 0);
  is_readable(pidfd, limit);
}

std::vector<RunningProcess> all_processes() {
  std::vector<RunningProcess> all;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error)) {
    const int pid = std::atoi(entry->path().filename().c_str());
    struct stat found {};
    if (pid > 0 && ::stat(entry->path().c_str(), &found) == 0) all.push_back({pid, found.st_uid == ::getuid()});
  }
  return all;
}

std::string arguments_of(int pid) {
  const Fd file(::open(fmt::format("/proc/{}/cmdline", pid).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return {};
  std::string text;
  std::array<char, 4096> bytes{};
  for (ssize_t got = 0; text.size() < kLongestArguments && (got = ::read(file.get(), bytes.data(), bytes.size())) > 0;)
    text.append(bytes.data(), static_cast<std::size_t>(got));
  return text;
}

}  // namespace bottle
