#include "backends/namespaces/put_file.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include <cstdio>

#include "harness/fd.h"

namespace bottle::warden {
namespace {

// One step at a time, each with O_NOFOLLOW: openat2 could do it in one, but gVisor's kernel does not have that.
Result<Fd> open_parent(const std::string& path, bool make) {
  constexpr int kFolder = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  Fd folder(::open("/", kFolder));
  std::size_t start = 1;
  for (std::size_t slash = 0; folder && (slash = path.find('/', start)) != std::string::npos; start = slash + 1) {
    const std::string name = path.substr(start, slash - start);
    if (name.empty()) continue;
    const std::string so_far = path.substr(0, slash);
    Fd next(::openat(folder.get(), name.c_str(), kFolder));
    if (!next && errno == ENOENT && make) {
      if (::mkdirat(folder.get(), name.c_str(), 0755) != 0 && errno != EEXIST) return fail_os("make " + so_far);
      next = Fd(::openat(folder.get(), name.c_str(), kFolder));
    }
    if (!next) return fail_os(so_far);
    folder = std::move(next);
  }
  if (!folder) return fail_os("/");
  return folder;
}

Result<void> copy(int from, int to) {
  struct stat source {};
  if (::fstat(from, &source) != 0 || ::lseek(from, 0, SEEK_SET) != 0) return fail_os("read the content");
  for (off_t left = source.st_size; left > 0;) {
    const ssize_t sent = ::sendfile(to, from, nullptr, static_cast<std::size_t>(left));
    if (sent <= 0) return fail_os("copy the content");
    left -= sent;
  }
  return {};
}

// Not to be guessed, so that nobody can be there first.
Result<std::string> temporary_name() {
  unsigned long long number = 0;
  if (::getrandom(&number, sizeof(number), 0) != sizeof(number)) return fail_os("getrandom");
  char text[32];
  static_cast<void>(std::snprintf(text, sizeof(text), ".bottle-%016llx", number));
  return std::string(text);
}

Result<void> fill(int file, unsigned mode, int content, std::optional<unsigned> owner) {
  if (auto copied = copy(content, file); !copied) return copied;
  if (owner && ::fchown(file, *owner, *owner) != 0) return fail_os("set the owner");
  if (::fchmod(file, mode & 0777) != 0) return fail_os("set the mode");
  return {};
}

}  // namespace

Result<FileIdentity> put_file(const std::string& path, unsigned mode, int content, std::optional<unsigned> owner,
                              bool make_parents) {
  if (path.size() < 2 || path.front() != '/' || path.back() == '/')
    return fail("'" + path + "' is no absolute path of a file");
  BOTTLE_TRY(const Fd folder, open_parent(path, make_parents));
  BOTTLE_TRY(const std::string temporary, temporary_name());
  const Fd file(::openat(folder.get(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) return fail_os("write " + path);
  auto filled = fill(file.get(), mode, content, owner);
  if (filled && ::renameat(folder.get(), temporary.c_str(), folder.get(), path.c_str() + path.rfind('/') + 1) != 0)
    filled = fail_os("replace");
  struct stat written {};
  if (filled && ::fstat(file.get(), &written) != 0) filled = fail_os("look at it");
  if (filled) return FileIdentity{written.st_dev, written.st_ino};
  ::unlinkat(folder.get(), temporary.c_str(), 0);
  return tl::unexpected<Error>(Error{filled.error().fault, path + ": " + filled.error().what, filled.error().os_errno});
}

}  // namespace bottle::warden
