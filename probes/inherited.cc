// The environment and descriptors actions: what this process was given at its start by whoever started it.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <string>

#include "probes/actions.h"
#include "probes/fd.h"
#include "probes/fields.h"

extern char** environ;

namespace bottle::prober {
namespace {

constexpr int kMostDescriptors = 4096;
constexpr std::size_t kHead = 64;

std::string environment_of_process() {
  const Fd file(::open("/proc/self/environ", O_RDONLY | O_CLOEXEC));
  std::string text;
  char buffer[4096];
  while (file && text.size() < kReplyCap) {
    const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    text.append(buffer, static_cast<std::size_t>(got));
  }
  return text;
}

// "NAME=VALUE", each once: by the list that the C library keeps and by the kernel's.
std::set<std::string> variables() {
  std::set<std::string> lines;
  for (char** line = environ; line != nullptr && *line != nullptr; ++line) lines.emplace(*line);
  const std::string text = environment_of_process();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\0', at), text.size());
    lines.insert(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

Trouble answer(Attempt& attempt, const char* from, std::string lines) {
  if (lines.empty()) return errno_trouble(ENOENT, "none");
  attempt.replied(from, std::move(lines));
  attempt.reached("done");
  return {};
}

// No read from a pipe or a socket: somebody else may wait for what is in it.
std::string look_at(int fd) {
  struct stat status = {};
  if (::fstat(fd, &status) != 0) return errno_name(errno);
  if (S_ISDIR(status.st_mode)) return "a directory";
  if (!S_ISREG(status.st_mode)) return "no plain file";
  char head[kHead];
  const ssize_t got = ::pread(fd, head, sizeof head, 0);
  return got < 0 ? errno_name(errno) : std::string(head, static_cast<std::size_t>(got));
}

int end_of_descriptors() {
  rlimit limit = {};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<int>(std::min<rlim_t>(limit.rlim_cur, kMostDescriptors));
}

}  // namespace

Trouble try_environment(Attempt& attempt) {
  Fields fields(attempt.action().fields);
  const bool by_name = fields.has("name");
  const std::string wanted = by_name ? fields.text("name") + "=" : fields.text("prefix");
  if (Trouble trouble = fields.trouble()) return trouble;
  attempt.reached("connect");  // here: looking it up
  std::string found;
  for (const std::string& line : variables()) {
    if (line.starts_with(wanted)) found += line + "\n";
  }
  return answer(attempt, "environment", std::move(found));
}

Trouble try_descriptors(Attempt& attempt) {
  Fields fields(attempt.action().fields);
  const std::string path = fields.text("open", "");
  if (Trouble trouble = fields.trouble()) return trouble;
  attempt.reached("connect");
  Fd own;
  if (!path.empty()) {
    own = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!own) return errno_trouble(errno, "open");
  }
  std::string found;
  for (int fd = 3; fd < end_of_descriptors(); ++fd) {
    const int flags = ::fcntl(fd, F_GETFD);
    if (flags < 0 || ((flags & FD_CLOEXEC) != 0 && fd != own.get())) continue;
    found += std::to_string(fd) + ": " + look_at(fd) + "\n";
  }
  return answer(attempt, "descriptors", std::move(found));
}

}  // namespace bottle::prober
