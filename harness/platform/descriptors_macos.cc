#include "harness/platform/descriptors.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bottle {
namespace {

bool close_on_exec(const Fd& fd) { return fd && ::fcntl(fd.get(), F_SETFD, FD_CLOEXEC) == 0; }

// There is no MSG_NOSIGNAL.
bool without_signal(const Fd& fd) {
  const int on = 1;
  return ::setsockopt(fd.get(), SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on) == 0;
}

}  // namespace

Result<std::array<Fd, 2>> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return fail_os("pipe");
  std::array pipe{Fd(ends[0]), Fd(ends[1])};
  if (!close_on_exec(pipe[0]) || !close_on_exec(pipe[1])) return fail_os("pipe");
  return pipe;
}

Fd make_socket(int family, int type, Blocking blocking) {
  Fd fd(::socket(family, type, 0));
  if (!close_on_exec(fd) || !without_signal(fd)) return {};
  if (blocking == Blocking::no && ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK) != 0) return {};
  return fd;
}

}  // namespace bottle
