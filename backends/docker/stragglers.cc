#include "backends/docker/stragglers.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <thread>

#include "backends/docker/layout.h"
#include "harness/fd.h"
#include "harness/run_directory.h"

namespace bottle::docker {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kBetweenGlances{20};
constexpr std::size_t kLongestCommandLine = 256u << 10;

// Of a process of this user's; empty: it is not, or is gone.
std::string command_line_of(int process_directory) {
  struct stat found {};
  if (::fstat(process_directory, &found) != 0 || found.st_uid != ::getuid()) return {};
  const Fd file(::openat(process_directory, "cmdline", O_RDONLY | O_CLOEXEC));
  if (!file) return {};
  std::string text;
  std::array<char, 4096> bytes{};
  for (ssize_t got = 0;
       text.size() < kLongestCommandLine && (got = ::read(file.get(), bytes.data(), bytes.size())) > 0;)
    text.append(bytes.data(), static_cast<std::size_t>(got));
  return text;
}

// The directory of the run for which it works; empty: it is no such command.
std::string directory_in(const std::string& command_line) {
  const std::string mark = std::string(1, '\0') + kDirectoryLabel + "=";
  const auto at = command_line.find(mark);
  if (at == command_line.npos) return {};
  const auto start = at + mark.size();
  return command_line.substr(start, command_line.find('\0', start) - start);
}

struct Straggler {
  int pid = 0;
  Fd directory = {};  // /proc/PID: of this very process, also when its number is another's by now
};

std::vector<Straggler> stragglers() {
  std::vector<Straggler> all;
  std::map<std::string, bool> is_dead;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const int pid = std::atoi(entry.path().filename().c_str());
    if (pid <= 0) continue;
    Fd directory(::open(entry.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const std::string run = directory ? directory_in(command_line_of(directory.get())) : std::string();
    if (run.empty()) continue;
    const auto [known, asked] = is_dead.try_emplace(run, false);
    if (asked) known->second = !is_run_alive(run);
    if (known->second) all.push_back({pid, std::move(directory)});
  }
  return all;
}

// The pidfd comes first: if the directory is then still that of a command of ours, it is that process which is hit.
void kill_one(const Straggler& straggler) {
  const Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, straggler.pid, 0)));
  if (!pidfd || directory_in(command_line_of(straggler.directory.get())).empty()) return;
  ::syscall(SYS_pidfd_send_signal, pidfd.get(), SIGKILL, nullptr, 0);
}

}  // namespace

std::vector<std::string> end_stragglers(std::chrono::milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  std::vector<Straggler> left;
  while (!(left = stragglers()).empty() && steady_clock::now() < deadline) std::this_thread::sleep_for(kBetweenGlances);
  std::vector<std::string> lines;
  for (const Straggler& straggler : left) {
    kill_one(straggler);
    lines.push_back("process " + std::to_string(straggler.pid) + ", a command to the engine that did not end");
  }
  return lines;
}

}  // namespace bottle::docker
