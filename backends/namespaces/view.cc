#include "backends/namespaces/view.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <utility>

#include "backends/namespaces/files.h"
#include "harness/fd.h"

namespace bottle::warden {
namespace {

constexpr char kResolvConf[] = "/etc/resolv.conf";
constexpr char kStage[] = "/sys";  // a folder that every host has and that nobody misses for a moment

bool lies_in_tmp(const std::string& path) { return path.starts_with("/tmp/"); }

Result<void> make_directories(const std::string& path) {
  for (auto slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), 0755) != 0 && errno != EEXIST) return fail_os(part);
    if (slash == std::string::npos) return {};
  }
}

// What a kept tree is mounted on.
Result<void> make_place_for(const std::string& path, bool directory) {
  if (::access(path.c_str(), F_OK) == 0) return {};  // inside another kept one
  if (directory) return make_directories(path);
  if (auto made = make_directories(path.substr(0, path.rfind('/'))); !made) return made;
  if (!Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600))) return fail_os(path);
  return {};
}

bool is_directory(int fd) {
  struct stat status = {};
  return ::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
}

// The new /tmp is furnished on the stage and then moved: at no moment does a program that starts meanwhile (the lab's)
// miss what is kept.
Result<void> cover_tmp(const std::vector<std::string>& keep) {
  std::vector<std::pair<std::string, Fd>> kept;
  for (const auto& path : keep) {
    if (!lies_in_tmp(path)) continue;
    Fd tree(::open_tree(AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE));
    if (!tree) return fail_os(path);
    kept.emplace_back(path, std::move(tree));
  }
  if (::mount("bottle", kStage, "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777,size=256m") != 0)
    return fail_os("tmpfs for /tmp");
  for (const auto& [path, tree] : kept) {
    const std::string place = kStage + path.substr(std::string_view("/tmp").size());
    if (auto made = make_place_for(place, is_directory(tree.get())); !made) return made;
    if (::move_mount(tree.get(), "", AT_FDCWD, place.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0) return fail_os(place);
  }
  if (::mount(kStage, "/tmp", nullptr, MS_MOVE, nullptr) != 0) return fail_os("tmpfs on /tmp");
  return {};
}

// A link whose target went when /run was covered gets it back, empty.
bool revive(const char* link, char (&target)[PATH_MAX]) {
  char text[PATH_MAX] = {};
  if (::readlink(link, text, sizeof text - 1) < 0) return false;
  const std::string path = text[0] == '/' ? std::string(text) : "/etc/" + std::string(text);
  const auto folder = path.substr(0, path.rfind('/'));
  if (!make_directories(folder)) return false;
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  return file && ::realpath(link, target) != nullptr;
}

// Often a link to a file in /run. A host without any has nothing to bind over and resolves through 127.0.0.1:53, which
// is the place's own loopback and so no way out either.
Result<void> replace_resolver(const std::string& resolver) {
  char target[PATH_MAX];
  if (::realpath(kResolvConf, target) == nullptr && !revive(kResolvConf, target)) return {};
  const std::string ours = "/tmp/.bottle-resolv.conf";
  const Fd file(::open(ours.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!file) return fail_os(ours);
  const std::string text = "nameserver " + resolver + "\noptions timeout:1 attempts:1\n";
  if (auto written = write_all(file.get(), text); !written) return written;
  if (::mount(ours.c_str(), target, nullptr, MS_BIND, nullptr) != 0) return fail_os(std::string("bind over ") + target);
  return {};
}

}  // namespace

Result<void> make_private_view() {
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return fail_os("private mounts");
  if (::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0) {
    return fail_os("mount /proc (in a container whose own /proc is masked the kernel refuses this)");
  }
  return {};
}

Result<void> furnish_view(const std::vector<std::string>& keep, const std::string& resolver) {
  if (auto covered = cover_tmp(keep); !covered) return covered;
  return replace_resolver(resolver);
}

}  // namespace bottle::warden
