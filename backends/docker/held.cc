#include "backends/docker/held.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>

#include "harness/streams.h"

namespace bottle::docker {
namespace {

constexpr std::size_t kLongestLine = 4096;
constexpr std::chrono::milliseconds kLastWords{2'000};  // between the end of its stdout and its own

}  // namespace

Result<Fd> open_log(const std::filesystem::path& path) {
  Fd log(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!log) return fail_os(path.string());
  return log;
}

std::string last_line_of(const std::filesystem::path& path) {
  std::ifstream log(path, std::ios::binary);
  return reason_in(std::string((std::istreambuf_iterator<char>(log)), {}));
}

Result<Held> Held::start(const Engine& engine, const Words& arguments, const std::filesystem::path& log) {
  BOTTLE_TRY(const auto file, open_log(log));
  BOTTLE_TRY(auto process, engine.attach(arguments, file.get()));
  return Held(std::move(process), log);
}

Result<std::string> Held::await_line(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  std::string line;
  while (line.size() < kLongestLine) {
    pollfd watched{process_.output().get(), POLLIN, 0};
    const int left = milliseconds_until(deadline);
    const int ready = ::poll(&watched, 1, left);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return fail(explain({Fault::timeout, "the container did not start in time", 0}));
    char byte = 0;  // no more than the line: what follows is for somebody else
    const ssize_t got = ::read(process_.output().get(), &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      process_.wait(kLastWords);
      return fail(explain({Fault::failed, "the container did not start", 0}));
    }
    if (byte == '\n') return line;
    line += byte;
  }
  return fail("the container said something without an end");
}

Error Held::explain(Error error) const {
  if (const std::string reason = last_line_of(log_); !reason.empty()) {
    error.what += ": " + reason;
    if (tells_of_absence(reason)) error.fault = Fault::unavailable;
  }
  return error;
}

}  // namespace bottle::docker
