#include "harness/platform/descriptors.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bottle {

Result<std::array<Fd, 2>> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_os("pipe2");
  return std::array{Fd(ends[0]), Fd(ends[1])};
}

Fd make_socket(int family, int type, Blocking blocking) {
  return Fd(::socket(family, type | SOCK_CLOEXEC | (blocking == Blocking::no ? SOCK_NONBLOCK : 0), 0));
}

}  // namespace bottle
