#include "probes/system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "probes/fd.h"

namespace bottle::prober {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

// "1234 (name) S 1 ...": a name may hold anything, so the last parenthesis counts.
bool read_process(const char* id, Family::Process& process) {
  const Fd file(::open((std::string("/proc/") + id + "/stat").c_str(), O_RDONLY | O_CLOEXEC));
  char text[512];
  const ssize_t got = file ? ::read(file.get(), text, sizeof text - 1) : -1;
  if (got <= 0) return false;
  text[got] = '\0';
  const std::string_view all(text, static_cast<std::size_t>(got));
  const std::size_t name_end = all.rfind(") ");
  if (name_end == std::string_view::npos || name_end + 4 > all.size()) return false;
  process = {static_cast<pid_t>(std::atoi(id)), static_cast<pid_t>(std::atoi(text + name_end + 4)), text[name_end + 2]};
  return true;
}

}  // namespace

bool make_pipe(int (&ends)[2]) { return ::pipe2(ends, O_CLOEXEC) == 0; }

int make_socket(int family, int type, int protocol) {
  return ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
}

bool bind_for_answers(int unix_datagram_socket) {
  const sockaddr unnamed = {.sa_family = AF_UNIX, .sa_data = {}};  // autobind: the kernel finds a name
  return ::bind(unix_datagram_socket, &unnamed, sizeof unnamed.sa_family) == 0;
}

std::vector<Family::Process> all_processes() {
  std::vector<Family::Process> all;
  const std::unique_ptr<DIR, CloseDirectory> proc(::opendir("/proc"));
  while (const dirent* entry = proc ? ::readdir(proc.get()) : nullptr) {
    Family::Process process;
    if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && read_process(entry->d_name, process))
      all.push_back(process);
  }
  return all;
}

// Not fork(): it runs the C library's handlers, which take locks that another thread may hold. All arguments but the
// flags are zero, so their order, which differs from one architecture to the next, does not matter.
pid_t clone_process() { return static_cast<pid_t>(::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }

void end_with_parent() { ::prctl(PR_SET_PDEATHSIG, SIGKILL); }
void adopt_orphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

#ifdef SYS_close_range
bool close_from(int first) { return ::syscall(SYS_close_range, first, ~0U, 0) == 0; }
void close_on_exec_from(int first) { ::syscall(SYS_close_range, first, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */); }
#else
bool close_from(int) { return false; }
void close_on_exec_from(int) {}
#endif

}  // namespace bottle::prober
