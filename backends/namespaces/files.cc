#include "backends/namespaces/files.h"

#include <fcntl.h>

#include <array>

#include "harness/fd.h"

namespace bottle::warden {

Result<std::string> read_text(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return fail_os(path);
  std::string text;
  std::array<char, 16384> buffer{};
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0) return fail_os(path);
    if (got == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

Result<void> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
    if (wrote < 0) return fail_os("write");
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

Result<void> write_existing(const std::string& path, std::string_view bytes) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file || ::write(file.get(), bytes.data(), bytes.size()) < 0) return fail_os(path);
  return {};
}

Result<void> ensure_sysctl(const std::string& name, const std::string& value) {
  const std::string path = "/proc/sys/" + name;
  BOTTLE_TRY(const std::string before, read_text(path));
  if (before == value + "\n") return {};
  return write_existing(path, value);
}

}  // namespace bottle::warden
