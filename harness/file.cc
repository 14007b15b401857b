#include "harness/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>

namespace bottle {

Result<std::string> read_whole(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  std::string bytes(error ? 0 : size, '\0');
  std::ifstream in(path, std::ios::binary);
  if (error || !in.read(bytes.data(), static_cast<std::streamsize>(bytes.size())))
    return fail("could not read " + path.string());
  return bytes;
}

Result<void> write_whole(const std::filesystem::path& path, const std::string& bytes, unsigned mode) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return fail_os(path.string());
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t wrote = ::write(file.get(), bytes.data() + done, bytes.size() - done);
    if (wrote < 0 && errno != EINTR) return fail_os(path.string());
    done += static_cast<std::size_t>(std::max<ssize_t>(wrote, 0));
  }
  return ::fchmod(file.get(), static_cast<mode_t>(mode)) == 0 ? Result<void>() : fail_os(path.string());
}

Result<std::string> time_of_change(const std::filesystem::path& path) {
  std::error_code error;
  const auto changed = std::filesystem::last_write_time(path, error);
  if (error) return fail(path.string() + ": " + error.message());
  return std::to_string(std::chrono::duration_cast<std::chrono::nanoseconds>(changed.time_since_epoch()).count());
}

Result<Fd> open_log(const std::filesystem::path& path) {
  Fd log(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!log) return fail_os(path.string());
  return log;
}

}  // namespace bottle
