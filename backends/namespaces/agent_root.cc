#include "backends/namespaces/agent_root.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <vector>

#include "backends/namespaces/files.h"
#include "harness/fd.h"

namespace bottle::warden {
namespace {

constexpr char kNewRoot[] = "/tmp";  // any directory that exists everywhere; it is covered and then gone

const std::vector<std::string> kHostDirectories{"usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32"};
const std::vector<std::string> kHostEtc{"ssl", "alternatives", "ld.so.cache", "ca-certificates",
                                        "ca-certificates.conf"};
// Of a given root these are ours instead.
const std::set<std::string> kOwnDirectories{"proc", "dev", "sys", "tmp", "run", "home", "root", "etc"};

struct File {
  const char* path;
  std::string text;
};

std::vector<File> own_etc(const RootSpec& spec) {
  return {{"etc/passwd",
           "root:x:0:0:root:/nonexistent:/usr/sbin/nologin\nagent:x:1000:1000:agent:/home/agent:/bin/sh\n"
           "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"},
          {"etc/group", "root:x:0:\nagent:x:1000:\nnogroup:x:65534:\n"},
          {"etc/hosts", "127.0.0.1 localhost bottle\n::1 localhost bottle\n"},
          {"etc/hostname", "bottle\n"},
          {"etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n"},
          {"etc/resolv.conf", "nameserver " + spec.resolver + "\noptions timeout:1 attempts:1\n"}};
}

Result<void> directory(int root, const std::string& path, mode_t mode = 0755) {
  if (::mkdirat(root, path.c_str(), mode) != 0 && errno != EEXIST) return fail_os("make " + path);
  return {};
}

Result<void> write_file(int root, const std::string& path, std::string_view text) {
  const Fd file(::openat(root, path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!file) return fail_os("write /" + path);
  return write_all(file.get(), text);
}

// The parents of what is mounted at this path.
Result<void> directories(int root, const std::string& path) {
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    if (auto made = directory(root, path.substr(0, slash)); !made) return made;
  }
  return directory(root, path);
}

Result<void> attach(int source, const std::string& name, int root, const std::string& path, std::uint64_t attributes) {
  const Fd tree(
      ::open_tree(source, name.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_SYMLINK_NOFOLLOW));
  if (!tree) return fail_os("bind /" + path);
  mount_attr wanted{};
  wanted.attr_set = attributes;
  if (::mount_setattr(tree.get(), "", AT_EMPTY_PATH | AT_RECURSIVE, &wanted, sizeof(wanted)) != 0) {
    return fail_os("restrict /" + path);
  }
  if (::move_mount(tree.get(), "", root, path.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0) return fail_os("bind /" + path);
  return {};
}

// One entry of a directory of the host, as what it is: a link as a link, all else read-only, without suid and devices.
// What is not there, or is no file or directory, is left out.
Result<void> adopt(int source, const std::string& name, int root, const std::string& path) {
  struct stat found {};
  if (::fstatat(source, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) {
    return errno == ENOENT ? Result<void>() : fail_os("look at /" + path);
  }
  if (S_ISLNK(found.st_mode)) {
    std::array<char, 4096> target{};
    if (::readlinkat(source, name.c_str(), target.data(), target.size() - 1) < 0 ||
        ::symlinkat(target.data(), root, path.c_str()) != 0) {
      return fail_os("link /" + path);
    }
    return {};
  }
  if (!S_ISDIR(found.st_mode) && !S_ISREG(found.st_mode)) return {};
  auto place = S_ISDIR(found.st_mode) ? directory(root, path) : write_file(root, path, "");
  if (!place) return place;
  return attach(source, name, root, path, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
}

Result<std::vector<std::string>> names_in(int parent, const char* path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(
      ::fdopendir(::openat(parent, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
      [](DIR* open) { return ::closedir(open); });
  if (!listing) return fail_os(std::string("list ") + path);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(listing.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  return names;
}

Result<void> adopt_all(int source, const std::vector<std::string>& names, int root, const std::string& prefix) {
  for (const auto& name : names) {
    if (auto adopted = adopt(source, name, root, prefix + name); !adopted) return adopted;
  }
  return {};
}

// What stands in / and /etc before our own files: of the host a short list, of a given root all but what is ours.
Result<void> adopt_system(const RootSpec& spec, int source, const std::vector<File>& own, int root) {
  std::vector<std::string> top = kHostDirectories;
  std::vector<std::string> etc = kHostEtc;
  if (!spec.rootfs.empty()) {
    BOTTLE_TRY(top, names_in(source, "."));
    std::erase_if(top, [](const std::string& name) { return kOwnDirectories.contains(name); });
    auto listed = names_in(source, "etc");
    etc = listed ? *listed : std::vector<std::string>();
    std::erase_if(etc, [&](const std::string& name) {
      return std::any_of(own.begin(), own.end(), [&](const File& file) { return "etc/" + name == file.path; });
    });
  }
  if (auto adopted = adopt_all(source, top, root, ""); !adopted) return adopted;
  if (etc.empty()) return {};
  const Fd source_etc(::openat(source, "etc", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!source_etc) return fail_os("open the host's etc");
  return adopt_all(source_etc.get(), etc, root, "etc/");
}

Result<void> temporary(int root, const std::string& path, const std::string& options) {
  if (auto made = directory(root, path); !made) return made;
  const std::string target = std::string(kNewRoot) + "/" + path;
  if (::mount("bottle", target.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) != 0)
    return fail_os("tmpfs on /" + path);
  return {};
}

Result<void> make_devices(int host_dev, int root) {
  if (auto made = directory(root, "dev"); !made) return made;
  for (const std::string name : {"null", "zero", "full", "random", "urandom", "tty"}) {
    const std::string path = "dev/" + name;
    if (auto made = write_file(root, path, ""); !made) return made;
    if (auto bound = attach(host_dev, name, root, path, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC); !bound) return bound;
  }
  const std::array<std::pair<const char*, const char*>, 4> links{{{"/proc/self/fd", "dev/fd"},
                                                                  {"/proc/self/fd/0", "dev/stdin"},
                                                                  {"/proc/self/fd/1", "dev/stdout"},
                                                                  {"/proc/self/fd/2", "dev/stderr"}}};
  for (const auto& [target, path] : links) {
    if (::symlinkat(target, root, path) != 0) return fail_os(path);
  }
  return temporary(root, "dev/shm", "mode=1777,size=64m");
}

// A view of this pid namespace; its switches are read-only however the kernel judges their owner.
Result<void> make_proc(int root) {
  if (auto made = directory(root, "proc"); !made) return made;
  const std::string target = std::string(kNewRoot) + "/proc";
  if (::mount("proc", target.c_str(), "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0) {
    return fail_os("mount /proc (in a container whose own /proc is masked the kernel refuses this)");
  }
  return attach(root, "proc/sys", root, "proc/sys", MOUNT_ATTR_RDONLY);
}

// The hole. `parent` was opened before the new root covered anything.
Result<void> let_in(int parent, const std::string& directory_of_host, int root) {
  if (directory_of_host.empty()) return {};
  const std::string path = directory_of_host.substr(1);
  if (auto made = directories(root, path); !made) return made;
  return attach(parent, path.substr(path.rfind('/') + 1), root, path, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
}

Result<void> enter_and_seal(int root) {
  if (::fchdir(root) != 0 || ::syscall(SYS_pivot_root, ".", ".") != 0) return fail_os("pivot_root");
  if (::umount2(".", MNT_DETACH) != 0 || ::chdir("/") != 0) return fail_os("detach the old root");
  mount_attr sealed{};
  sealed.attr_set = MOUNT_ATTR_RDONLY;
  if (::mount_setattr(AT_FDCWD, "/", 0, &sealed, sizeof(sealed)) != 0) return fail_os("seal the root");
  return {};
}

}  // namespace

Result<void> build_agent_root(const RootSpec& spec) {
  ::umask(0);
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return fail_os("private mounts");
  const std::string from = spec.rootfs.empty() ? "/" : spec.rootfs;
  const Fd source(::open(from.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const Fd host_dev(::open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!source || !host_dev) return fail_os("open " + from);
  const std::string parent = spec.let_in.substr(0, spec.let_in.rfind('/')) + "/";
  const Fd let_in_parent(::open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!let_in_parent) return fail_os("open " + parent);
  if (::mount("bottle", kNewRoot, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=16m") != 0)
    return fail_os("tmpfs for the root");
  const Fd root_fd(::open(kNewRoot, O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root_fd) return fail_os("open the new root");
  const int root = root_fd.get();

  const auto own = own_etc(spec);
  for (const char* path : {"etc", "run", "home", "root"}) {
    if (auto made = directory(root, path); !made) return made;
  }
  if (auto adopted = adopt_system(spec, source.get(), own, root); !adopted) return adopted;
  for (const auto& file : own) {
    if (auto written = write_file(root, file.path, file.text); !written) return written;
  }
  if (auto made = make_devices(host_dev.get(), root); !made) return made;
  if (auto made = make_proc(root); !made) return made;
  const std::string id = std::to_string(spec.identity.agent_in_warden);
  if (auto made = temporary(root, "tmp", "mode=1777,size=256m"); !made) return made;
  if (auto made = temporary(root, "run/bottle", "mode=0755,size=64m"); !made) return made;
  if (auto made = temporary(root, "home/agent", "mode=0700,size=256m,uid=" + id + ",gid=" + id); !made) return made;
  if (auto let = let_in(let_in_parent.get(), spec.let_in, root); !let) return let;
  if (auto entered = enter_and_seal(root); !entered) return entered;
  ::umask(022);
  return {};
}

}  // namespace bottle::warden
