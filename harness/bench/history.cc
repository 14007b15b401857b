#include "harness/bench/history.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/fd.h"

namespace bottle {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 30;

Result<void> lock(const Fd& file, int how, const std::filesystem::path& path) {
  while (::flock(file.get(), how) != 0)
    if (errno != EINTR) return fail_os("could not lock the history " + path.string());
  return {};
}

Result<Fd> open_history(const std::filesystem::path& path, int flags) {
  Fd file(::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK, 0644));  // a pipe of that name must not stop us
  if (!file) return fail_os("could not open the history " + path.string());
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) return fail_os("could not look at the history " + path.string());
  if (!S_ISREG(about.st_mode)) return fail("the history " + path.string() + " is not a regular file", Fault::usage);
  return file;
}

Result<std::string> all_of(const Fd& file, const std::filesystem::path& path) {
  std::string bytes, part(1u << 20, '\0');
  for (;;) {
    const ssize_t got = ::read(file.get(), part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_os("could not read the history " + path.string());
    if (got == 0) return bytes;
    bytes.append(part, 0, static_cast<std::size_t>(got));
    if (bytes.size() > kMostBytes)
      return fail(fmt::format("the history {} is over {} MiB; start a new one", path.string(), kMostBytes >> 20),
                  Fault::usage);
  }
}

// Whether bytes that are appended would become part of a line that a crash left unfinished.
Result<bool> ends_torn(const Fd& file, off_t size, const std::filesystem::path& path) {
  char last = '\n';
  if (size > 0 && ::pread(file.get(), &last, 1, size - 1) != 1)
    return fail_os("could not read the end of the history " + path.string());
  return last != '\n';
}

Result<void> write_at_end(const Fd& file, off_t size, const std::string& bytes, const std::filesystem::path& path) {
  ssize_t wrote = -1;
  do wrote = ::write(file.get(), bytes.data(), bytes.size());
  while (wrote < 0 && errno == EINTR);
  if (wrote == static_cast<ssize_t>(bytes.size())) {
    if (::fsync(file.get()) == 0) return {};  // a Mac declares no fdatasync
    return fail_os("could not bring the history to the disk: " + path.string());
  }
  if (wrote >= 0) errno = ENOSPC;  // what cuts a write to a file short
  const auto failure = fail_os("could not write to the history " + path.string());
  // Nobody else has written since: the lock is ours. Where this fails too, the next writer ends the torn line.
  if (wrote > 0) (void)!::ftruncate(file.get(), size);
  return failure;
}

}  // namespace

Result<void> append_to_history(const std::filesystem::path& path, const BenchSession& session) {
  BOTTLE_TRY(const Fd file, open_history(path, O_RDWR | O_CREAT | O_APPEND));
  if (const auto locked = lock(file, LOCK_EX, path); !locked) return locked;
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) return fail_os("could not look at the history " + path.string());
  BOTTLE_TRY(const bool torn, ends_torn(file, about.st_size, path));
  return write_at_end(file, about.st_size, (torn ? "\n" : "") + session_line(session) + "\n", path);
}

Result<BenchHistory> read_history(const std::filesystem::path& path) {
  BOTTLE_TRY(const Fd file, open_history(path, O_RDONLY));
  if (const auto locked = lock(file, LOCK_SH, path); !locked) return fail(locked.error());
  BOTTLE_TRY(const std::string bytes, all_of(file, path));
  BenchHistory history;
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', begin), bytes.size());
    ++number;
    if (end > begin) {
      auto session = session_from_line(std::string_view(bytes).substr(begin, end - begin));
      if (session)
        history.sessions.push_back(std::move(*session));
      else
        history.warnings.push_back(fmt::format("{}:{}: skipped: {}", path.string(), number, session.error().what));
    }
    begin = end + 1;
  }
  return history;
}

}  // namespace bottle
