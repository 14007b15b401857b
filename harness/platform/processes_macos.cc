// kqueue, and what sysctl tells. A Mac has no handle of a process that another's number could not come to mean: between
// the look at a mark and the signal there are microseconds in which it is believed.
#include "harness/platform/processes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/event.h>
#include <sys/sysctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <thread>

namespace bottle {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kLongestArguments = 1u << 20;  // ARG_MAX there
constexpr std::chrono::milliseconds kBetweenGlances{5};

std::vector<kinfo_proc> ask_kernel(std::array<int, 4> what) {
  std::size_t size = 0;
  if (::sysctl(what.data(), static_cast<u_int>(what.size()), nullptr, &size, nullptr, 0) != 0) return {};
  std::vector<kinfo_proc> all(size / sizeof(kinfo_proc) + 64);  // some may be started meanwhile
  size = all.size() * sizeof(kinfo_proc);
  if (::sysctl(what.data(), static_cast<u_int>(what.size()), all.data(), &size, nullptr, 0) != 0) return {};
  all.resize(size / sizeof(kinfo_proc));
  return all;
}

bool change(const Fd& queue, std::uintptr_t ident, std::int16_t filter, std::uint16_t flags, std::uint32_t notes) {
  struct kevent wish {};
  EV_SET(&wish, ident, filter, flags, notes, 0, nullptr);
  return ::kevent(queue.get(), &wish, 1, nullptr, 0, nullptr) == 0;
}

}  // namespace

Result<ProcessMark> mark_of(int pid) {
  const auto found = ask_kernel({CTL_KERN, KERN_PROC, KERN_PROC_PID, pid});
  if (found.empty() || found.front().kp_proc.p_pid != pid) return fail(fmt::format("process {}: not there", pid));
  const timeval& started = found.front().kp_proc.p_starttime;
  return ProcessMark{
      pid, static_cast<std::uint64_t>(started.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(started.tv_usec)};
}

// The event is never taken out, so the queue stays readable. The kernel no longer finds a child that has ended already,
// and nobody else waits for our children: then it is told at once.
Fd watch_end(int pid) {
  Fd queue(::kqueue());
  if (!queue || ::fcntl(queue.get(), F_SETFD, FD_CLOEXEC) != 0) return {};
  if (change(queue, static_cast<std::uintptr_t>(pid), EVFILT_PROC, EV_ADD, NOTE_EXIT)) return queue;
  if (errno != ESRCH) return {};
  const bool told = change(queue, 1, EVFILT_USER, EV_ADD, NOTE_FFNOP) && change(queue, 1, EVFILT_USER, 0, NOTE_TRIGGER);
  return told ? std::move(queue) : Fd();
}

bool has_ended(const ProcessMark& mark) {
  const auto found = ask_kernel({CTL_KERN, KERN_PROC, KERN_PROC_PID, mark.pid});
  if (found.empty() || found.front().kp_proc.p_stat == SZOMB) return true;
  const auto now = mark_of(mark.pid);
  return !now || now->start_ticks != mark.start_ticks;
}

void end_process(const ProcessMark& mark, std::chrono::milliseconds limit) {
  if (has_ended(mark)) return;
  ::kill(mark.pid, SIGKILL);
  const auto deadline = steady_clock::now() + limit;
  while (!has_ended(mark) && steady_clock::now() < deadline) std::this_thread::sleep_for(kBetweenGlances);
}

std::vector<RunningProcess> all_processes() {
  std::vector<RunningProcess> all;
  for (const kinfo_proc& process : ask_kernel({CTL_KERN, KERN_PROC, KERN_PROC_ALL, 0}))
    all.push_back({process.kp_proc.p_pid, process.kp_eproc.e_pcred.p_ruid == ::getuid()});
  return all;
}

// The kernel gives: their number, the program's path, NULs, the arguments, the environment. That of other users' it
// keeps to itself.
std::string arguments_of(int pid) {
  std::string bytes(kLongestArguments, '\0');
  std::size_t size = bytes.size();
  std::array<int, 3> what{CTL_KERN, KERN_PROCARGS2, pid};
  int count = 0;
  if (::sysctl(what.data(), static_cast<u_int>(what.size()), bytes.data(), &size, nullptr, 0) != 0 ||
      size < sizeof count)
    return {};
  bytes.resize(size);
  std::memcpy(&count, bytes.data(), sizeof count);
  const auto path_end = bytes.find('\0', sizeof count);
  const auto first = bytes.find_first_not_of('\0', std::min(path_end, bytes.size()));
  auto end = std::min(first, bytes.size());
  for (int i = 0; i < count && end < bytes.size(); ++i) end = std::min(bytes.find('\0', end), bytes.size() - 1) + 1;
  return bytes.substr(std::min(first, bytes.size()), end - std::min(first, bytes.size()));
}

}  // namespace bottle
