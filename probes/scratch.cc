#include "probes/scratch.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "probes/fd.h"

namespace bottle::prober {

bool lies_within(const std::string& name) {
  const std::filesystem::path path(name);
  if (name.empty() || name.ends_with('/') || path.is_absolute()) return false;
  for (const auto& part : path) {
    if (part == "..") return false;
  }
  return true;
}

Scratch::~Scratch() {
  if (path_.empty()) return;
  std::error_code ignored;  // what a client made unremovable stays
  std::filesystem::remove_all(path_, ignored);
}

Trouble Scratch::make() {
  const char* base = std::getenv("TMPDIR");
  std::string path = (base != nullptr && base[0] == '/' ? std::string(base) : "/tmp") + "/bottle-prober.XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return errno_trouble(errno, "no scratch directory: " + path);
  path_ = path;
  return {};
}

Trouble Scratch::write(const std::string& name, std::string_view bytes) {
  for (std::size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
    const std::string folder = path_ + "/" + name.substr(0, slash);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return errno_trouble(errno, "mkdir " + name);
  }
  const Fd file(::open((path_ + "/" + name).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0700));
  if (!file) return errno_trouble(errno, "file " + name);
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return errno_trouble(errno, "file " + name);
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace bottle::prober
