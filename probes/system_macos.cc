// A Mac has no subreaper and no signal at a parent's end: what a client leaves behind when it forks and goes is not
// ours to find there. The prober runs on a Mac only as the bare arm, beside no walls, with clients that do no such
// thing.
#include "probes/system.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/sysctl.h>
#include <unistd.h>

namespace bottle::prober {

bool make_pipe(int (&ends)[2]) {
  if (::pipe(ends) != 0) return false;
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  return true;
}

int make_socket(int family, int type, int protocol) {
  const int fd = ::socket(family, type, protocol);
  if (fd < 0) return fd;
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
}

bool bind_for_answers(int) { return true; }  // the kernel finds no names

std::vector<Family::Process> all_processes() {
  int what[] = {CTL_KERN, KERN_PROC, KERN_PROC_ALL, 0};
  std::size_t size = 0;
  if (::sysctl(what, 4, nullptr, &size, nullptr, 0) != 0) return {};
  std::vector<kinfo_proc> found(size / sizeof(kinfo_proc) + 64);  // some may be started meanwhile
  size = found.size() * sizeof(kinfo_proc);
  if (::sysctl(what, 4, found.data(), &size, nullptr, 0) != 0) return {};
  found.resize(size / sizeof(kinfo_proc));
  std::vector<Family::Process> all;
  for (const kinfo_proc& process : found)
    all.push_back({process.kp_proc.p_pid, process.kp_eproc.e_ppid, process.kp_proc.p_stat == SZOMB ? 'Z' : 'S'});
  return all;
}

pid_t clone_process() { return ::fork(); }
void end_with_parent() {}
void adopt_orphans() {}
bool close_from(int) { return false; }
void close_on_exec_from(int first) {
  for (int fd = first, most = ::getdtablesize(); fd < most && fd < 65536; ++fd) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

}  // namespace bottle::prober
