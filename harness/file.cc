#include "harness/file.h"

#include <fcntl.h>

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

Result<Fd> open_log(const std::filesystem::path& path) {
  Fd log(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!log) return fail_os(path.string());
  return log;
}

}  // namespace bottle
