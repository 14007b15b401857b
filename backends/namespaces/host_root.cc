#include "backends/namespaces/host_root.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "backends/namespaces/files.h"
#include "backends/namespaces/view.h"
#include "harness/fd.h"

namespace bottle::warden {
namespace {

Result<void> restrict_tree(const char* path, unsigned flags, std::uint64_t set, std::uint64_t clear) {
  mount_attr wanted{};
  wanted.attr_set = set;
  wanted.attr_clr = clear;
  if (::mount_setattr(AT_FDCWD, path, flags, &wanted, sizeof(wanted)) != 0)
    return fail_os(std::string("change the mount of ") + path);
  return {};
}

// A host without one of these misses nothing.
Result<void> cover(const char* path, const char* options) {
  if (::access(path, F_OK) != 0) return {};
  if (::mount("bottle", path, "tmpfs", MS_NOSUID | MS_NODEV, options) != 0)
    return fail_os(std::string("tmpfs on ") + path);
  return {};
}

Result<void> make_folder(const std::string& path, mode_t mode, unsigned owner) {
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return fail_os("make " + path);
  if (::chown(path.c_str(), owner, owner) != 0) return fail_os("set the owner of " + path);
  return {};
}

// Sandboxes ask who started them. Everybody else of this machine is nobody's business.
Result<void> replace(const std::string& path, const std::string& text) {
  const std::string ours = "/run/." + path.substr(path.rfind('/') + 1);
  const Fd file(::open(ours.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!file) return fail_os(ours);
  if (auto written = write_all(file.get(), text); !written) return written;
  if (::mount(ours.c_str(), path.c_str(), nullptr, MS_BIND, nullptr) != 0) return fail_os("bind over " + path);
  return {};
}

// Fresh, because it has to show this pid namespace; and writable as mounts go, because the kernel gives a sandbox no
// /proc of its own where the one that it sees is restricted.
Result<void> mount_proc() {
  if (::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0)
    return fail_os("mount /proc (in a container whose own /proc is masked the kernel refuses this)");
  return {};
}

Result<void> show_canary(const Fd& tree, const HostRoot& spec, unsigned owner) {
  if (!tree) return {};
  if (auto made = make_folder(spec.canary_at, 0755, owner); !made) return made;
  if (::move_mount(tree.get(), "", AT_FDCWD, spec.canary_at.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0)
    return fail_os(spec.canary_at);
  return {};
}

}  // namespace

Result<void> build_host_root(const HostRoot& spec, const Identity& identity) {
  ::umask(0);
  const unsigned owner = spec.as_root ? 0 : identity.agent_in_warden;
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return fail_os("private mounts");
  Fd canary;
  if (!spec.canary.empty()) {
    canary = Fd(::open_tree(AT_FDCWD, spec.canary.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
    if (!canary) return fail_os(spec.canary);
  }
  if (auto sealed = restrict_tree("/", AT_RECURSIVE, MOUNT_ATTR_RDONLY, 0); !sealed) return sealed;
  if (auto proc = mount_proc(); !proc) return proc;
  for (const auto& [path, options] :
       {std::pair("/run", "mode=0755,size=64m"), std::pair("/home", "mode=0755,size=256m"),
        std::pair("/var/tmp", "mode=1777,size=64m"), std::pair("/var/log", "mode=0755,size=1m"),
        std::pair("/dev/shm", "mode=1777,size=64m")}) {
    if (auto covered = cover(path, options); !covered) return covered;
  }
  if (auto furnished = furnish_view(spec.keep, spec.resolver); !furnished) return furnished;
  for (const char* path : {kHostHome, kSandboxScratch}) {
    if (auto made = make_folder(path, 0755, owner); !made) return made;
  }
  if (auto made = make_folder("/run/bottle", 0755, 0); !made) return made;
  if (auto shown = show_canary(canary, spec, owner); !shown) return shown;
  if (auto users = replace("/etc/passwd",
                           "root:x:0:0:root:/root:/bin/sh\nagent:x:1000:1000:agent:/home/agent:/bin/sh\n"
                           "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n");
      !users) {
    return users;
  }
  if (auto groups = replace("/etc/group", "root:x:0:\ntty:x:5:\nagent:x:1000:\nnogroup:x:65534:\n"); !groups)
    return groups;
  ::umask(022);
  return {};
}

}  // namespace bottle::warden
