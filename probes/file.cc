// The file action: reads, writes or lists one path. Nothing here waits for a FIFO; a file system that hangs is left to
// the batch's watchdog.
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "probes/actions.h"
#include "probes/fd.h"
#include "probes/fields.h"

namespace bottle::prober {
namespace {

Trouble read_file(const std::string& path, Attempt& attempt) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return errno_trouble(errno, "open");
  attempt.reached("reply");
  std::string read;
  char buffer[16 * 1024];
  while (read.size() < kReplyCap) {
    const ssize_t got = ::read(file.get(), buffer, std::min(sizeof buffer, kReplyCap - read.size()));
    if (got == 0) break;
    if (got > 0) {
      read.append(buffer, static_cast<std::size_t>(got));
    } else if (errno == EAGAIN) {
      if (Trouble trouble = wait_for(file.get(), POLLIN, attempt.deadline())) return trouble;
    } else if (errno != EINTR) {
      return errno_trouble(errno, "read");
    }
  }
  struct stat status = {};
  const bool cut = read.size() == kReplyCap && ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode) &&
                   status.st_size > static_cast<off_t>(kReplyCap);
  attempt.replied("file", std::move(read), true);
  attempt.reached("done");
  return {{}, cut ? "the first of " + std::to_string(status.st_size) + " bytes" : ""};
}

Trouble write_file(const std::string& path, std::string_view bytes, Attempt& attempt) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600));
  if (!file) return errno_trouble(errno, "open");
  attempt.reached("send");
  for (std::string_view rest = bytes; !rest.empty();) {
    const ssize_t written = ::write(file.get(), rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      if (Trouble trouble = wait_for(file.get(), POLLOUT, attempt.deadline())) return trouble;
    } else if (errno != EINTR) {
      return errno_trouble(errno, "write");
    }
  }
  attempt.sent("data", bytes);
  attempt.reached("done");
  return {};
}

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

Trouble list_directory(const std::string& path, Attempt& attempt) {
  const std::unique_ptr<DIR, CloseDirectory> directory(::opendir(path.c_str()));
  if (!directory) return errno_trouble(errno, "open");
  attempt.reached("reply");
  std::vector<std::string> names;
  std::size_t size = 0;
  errno = 0;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    size += name.size() + 1;
    if (size > kReplyCap) break;
    names.push_back(name);
    errno = 0;
  }
  if (errno != 0) return errno_trouble(errno, "list");
  std::sort(names.begin(), names.end());
  std::string lines;
  for (const std::string& name : names) lines += name + "\n";
  attempt.replied("file", std::move(lines), true);
  attempt.reached("done");
  return {};
}

}  // namespace

Trouble try_file(Attempt& attempt) {
  Fields fields(attempt.action().fields);
  const std::string path = fields.text("path"), operation = fields.text("op"), bytes = fields.bytes("send");
  if (operation != "read" && operation != "write" && operation != "list")
    fields.complain("op: not read, write or list");
  if (Trouble trouble = fields.trouble()) return trouble;
  attempt.reached("connect");  // here: opening it
  if (operation == "read") return read_file(path, attempt);
  if (operation == "write") return write_file(path, bytes, attempt);
  return list_directory(path, attempt);
}

}  // namespace bottle::prober
