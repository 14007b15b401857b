#include "backends/namespaces/put_file.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "harness/fd.h"

namespace bottle::warden {
namespace {

Result<Fd> open_beneath(int parent, const std::string& name, int flags) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  Fd fd(static_cast<int>(::syscall(SYS_openat2, parent, name.c_str(), &how, sizeof(how))));
  if (!fd) return fail_os(name);
  return fd;
}

Result<Fd> open_parent(const std::string& path) {
  BOTTLE_TRY(Fd folder, open_beneath(AT_FDCWD, "/", O_PATH | O_DIRECTORY));
  std::size_t start = 1;
  for (std::size_t slash = 0; (slash = path.find('/', start)) != std::string::npos; start = slash + 1) {
    const std::string name = path.substr(start, slash - start);
    if (name.empty()) continue;
    if (::mkdirat(folder.get(), name.c_str(), 0755) != 0 && errno != EEXIST)
      return fail_os("make " + path.substr(0, slash));
    BOTTLE_TRY(folder, open_beneath(folder.get(), name, O_PATH | O_DIRECTORY));
  }
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

}  // namespace

Result<void> put_file(const std::string& path, unsigned mode, int content, unsigned owner) {
  if (path.size() < 2 || path.front() != '/' || path.back() == '/')
    return fail("'" + path + "' is no absolute path of a file");
  BOTTLE_TRY(const Fd folder, open_parent(path));
  const std::string name = path.substr(path.rfind('/') + 1);
  if (::unlinkat(folder.get(), name.c_str(), 0) != 0 && errno != ENOENT) return fail_os("replace " + path);
  const Fd file(::openat(folder.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) return fail_os("write " + path);
  if (auto copied = copy(content, file.get()); !copied) return copied;
  if (::fchown(file.get(), owner, owner) != 0 || ::fchmod(file.get(), mode & 0777) != 0)
    return fail_os("set the owner of " + path);
  return {};
}

}  // namespace bottle::warden
