#include "backends/docker/hand/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>

#include "backends/docker/hand/signals.h"
#include "backends/namespaces/files.h"
#include "backends/namespaces/program.h"

namespace bottle::hand {
namespace {

struct Ends {
  Fd read = {}, write = {};
};

Result<Ends> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_os("pipe2");
  return Ends{Fd(ends[0]), Fd(ends[1])};
}

// Whatever else the engine has left open stays open: it is not ours, and if it is a leak the command must find it.
Error become(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
             const std::string& directory, const std::array<int, 3>& streams) {
  unblock_all_signals();
  if (::setsid() < 0) return fail_os("setsid").value();
  if (!directory.empty() && ::chdir(directory.c_str()) != 0) return fail_os(directory).value();
  for (int number = 0; number < 3; ++number) {
    if (::dup2(streams[static_cast<std::size_t>(number)], number) < 0) return fail_os("dup2").value();
  }
  return warden::execute(argv, environment);
}

// Nothing: it was executed, and the pipe ended. Else the child's last words, an errno and why.
Result<void> await_exec(const Fd& failure) {
  int code = 0;
  std::array<char, 4096> text;
  ssize_t got = ::read(failure.get(), &code, sizeof(code));
  if (got == 0) return {};
  if (got != static_cast<ssize_t>(sizeof(code))) return fail("the command's process ended before its program began");
  got = ::read(failure.get(), text.data(), text.size());
  const std::string what(text.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return tl::unexpected<Error>(Error{Fault::failed, what, code});
}

}  // namespace

Result<Child> start_child(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                          const std::string& directory) {
  BOTTLE_TRY(Ends in, make_pipe());
  BOTTLE_TRY(Ends out, make_pipe());
  BOTTLE_TRY(Ends err, make_pipe());
  BOTTLE_TRY(Ends failure, make_pipe());
  if (::fcntl(in.write.get(), F_SETFL, O_NONBLOCK) != 0) return fail_os("fcntl");
  const pid_t pid = ::fork();
  if (pid < 0) return fail_os("fork");
  if (pid == 0) {
    const Error why = become(argv, environment, directory, {in.read.get(), out.write.get(), err.write.get()});
    static_cast<void>(!::write(failure.write.get(), &why.os_errno, sizeof(why.os_errno)));
    static_cast<void>(!::write(failure.write.get(), why.what.data(), std::min<std::size_t>(why.what.size(), 4000)));
    ::_exit(127);
  }
  failure.write.reset();
  if (auto executed = await_exec(failure.read); !executed) {
    ::waitpid(pid, nullptr, 0);
    return fail(executed.error());
  }
  return Child{pid, std::move(in.write), std::move(out.read), std::move(err.read)};
}

}  // namespace bottle::hand
