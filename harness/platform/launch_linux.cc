// Boost.Process v2. Isolate corrects what the launcher of Boost 1.81 leaves open or ajar.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#define BOOST_PROCESS_V2_SEPARATE_COMPILATION 1  // header-only, its environment code does not link
#include <boost/asio/io_context.hpp>
#include <boost/process/v2/posix/default_launcher.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/src.hpp>

#include "harness/fd.h"
#include "harness/platform/launch.h"

namespace bottle {
namespace {

namespace v2 = boost::process::v2;

// Runs in the child, between fork and exec: system calls only.
struct Isolate {
  const Kept& kept;
  const char* directory;  // empty: ours

  template <class Launcher>
  v2::error_code on_exec_setup(Launcher& launcher, const v2::filesystem::path&, const char* const*&) {
    const int error_pipe = launcher.fd_whitelist.back();  // the launcher's own, which must live until exec
    for (const auto& [number, ours] : kept) {
      if (number == error_pipe) return failed_with(EBUSY);
    }
    // Boost closes no gaps between the descriptors that it keeps, so everything is marked first.
    if (::setpgid(0, 0) != 0 || ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0) return failed_with(errno);
    for (const auto& [number, ours] : kept) {
      if (::dup2(ours, number) < 0) return failed_with(errno);
    }
    if (*directory != '\0' && ::chdir(directory) != 0) return failed_with(errno);
    for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    return {};
  }

  // The launcher would call exit() in the child and so run the parent's atexit handlers twice.
  template <class Launcher>
  void on_exec_error(Launcher&, const v2::filesystem::path&, const char* const*&, const v2::error_code&) {
    ::_exit(127);
  }

 private:
  static v2::error_code failed_with(int code) {
    errno = code;  // the launcher reports errno, not what we return
    return {code, boost::system::system_category()};
  }
};

// The launcher tells its context of the fork, and asio's allocates memory then: in the child of a program with threads
// that may never end (a sanitizer's allocator, whose locks fork does not take, did hang). The child only execs.
struct SilentContext : boost::asio::io_context {
  void notify_fork(fork_event) {}
};

using PlainExecutor = boost::asio::io_context::executor_type;
struct SilentExecutor : PlainExecutor {
  explicit SilentExecutor(SilentContext& own) : PlainExecutor(own.get_executor()), context_(&own) {}
  SilentContext& query(boost::asio::execution::context_t) const noexcept { return *context_; }
  template <class Property>
  decltype(auto) query(const Property& property) const noexcept {
    return boost::asio::query(static_cast<const PlainExecutor&>(*this), property);
  }

 private:
  SilentContext* context_;
};

std::vector<std::string> environment_lines(const Environment& environment) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : environment) lines.push_back(name + "=" + value);
  return lines;
}

Result<int> try_launch(const std::string& program, const Command& command, const Kept& kept) {
  const auto lines = environment_lines(command.environment);
  std::vector<const char*> environment;
  for (const auto& line : lines) environment.push_back(line.c_str());
  environment.push_back(nullptr);

  SilentContext context;
  v2::posix::default_launcher launcher;
  launcher.env = environment.data();
  for (const auto& [number, ours] : kept) {
    if (number > 2) launcher.fd_whitelist.push_back(number);
  }
  const std::vector<std::string> arguments(command.argv.begin() + 1, command.argv.end());
  v2::error_code error;
  auto process = launcher(SilentExecutor(context), error, program, arguments, Isolate{kept, command.directory.c_str()});
  if (error) {
    const auto fault = error.value() == ENOENT ? Fault::unavailable : Fault::failed;
    return tl::unexpected<Error>(Error{fault, program + ": " + error.message(), error.value()});
  }
  const int pid = static_cast<int>(process.id());
  process.detach();  // from here on the child is ours to wait for
  return pid;
}

}  // namespace

// The numbers in the child are taken while the launcher makes its error pipe. Another thread may free one: then try
// again.
Result<int> launch_program(const std::string& program, const Command& command, const Kept& kept) {
  int highest = 2;
  for (const auto& [number, ours] : kept) highest = std::max(highest, number);
  try {
    for (int attempt = 0;; ++attempt) {
      std::vector<Fd> occupied;
      do {
        occupied.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
      } while (occupied.back() && occupied.back().get() <= highest);
      auto pid = try_launch(program, command, kept);
      if (pid || pid.error().os_errno != EBUSY || attempt == 100) return pid;
    }
  } catch (const std::exception& error) {
    return fail(program + ": " + error.what());
  }
}

}  // namespace bottle
