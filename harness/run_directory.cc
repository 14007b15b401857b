// The lock is the truth: flock() is released by the kernel however a run ends, so a directory whose lock can be taken
// belongs to nobody. The parent's lock is held while directories are made and swept, so that a new one is never taken
// for an orphan before it is locked.
#include "harness/run_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <sstream>
#include <thread>

#include "harness/digest.h"

namespace bottle {
namespace {

namespace fs = std::filesystem;

constexpr char kLock[] = "lock";
constexpr char kWarden[] = "warden.pid";
constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr int kLockTries = 1'000;  // a millisecond each
constexpr int kDeepest = 200;      // each level holds a descriptor
constexpr std::chrono::milliseconds kEndTime{2'000};

struct Parent {
  fs::path path = {};
  Fd fd = {};
};

Result<Parent> open_parent() {
  const char* temporary = std::getenv("TMPDIR");
  const fs::path base = temporary != nullptr && temporary[0] == '/' ? temporary : "/tmp";
  Parent parent{base / fmt::format("bottle-verify-{}", ::getuid()), {}};
  if (::mkdir(parent.path.c_str(), 0700) != 0 && errno != EEXIST) return fail_os(parent.path.string());
  parent.fd = Fd(::open(parent.path.c_str(), kDirectory));
  if (!parent.fd) return fail_os(parent.path.string());
  struct stat found {};
  if (::fstat(parent.fd.get(), &found) != 0) return fail_os(parent.path.string());
  // The name is guessable and /tmp is everybody's.
  if (found.st_uid != ::getuid() || (found.st_mode & 077) != 0) {
    return fail(parent.path.string() + ": is not a private directory of this user; remove it or set TMPDIR");
  }
  return parent;
}

bool is_slug(const std::string& text) {
  return !text.empty() && text.size() <= 64 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

using Directory = std::unique_ptr<DIR, int (*)(DIR*)>;

std::vector<std::string> names_in(int directory) {
  std::vector<std::string> names;
  const Directory listing(::fdopendir(::openat(directory, ".", kDirectory)),
                          [](DIR* open) { return ::closedir(open); });
  if (!listing) return names;
  while (const dirent* entry = ::readdir(listing.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  return names;
}

// Never follows a symbolic link: every step is relative to an open directory.
Result<void> remove_tree(int parent, const std::string& name, int depth = 0) {
  const Fd directory(::openat(parent, name.c_str(), kDirectory));
  if (!directory) {
    if (errno == ENOENT) return {};
    if (errno != ENOTDIR && errno != ELOOP && errno != EOPNOTSUPP) return fail_os("open " + name);
    if (::unlinkat(parent, name.c_str(), 0) != 0) return fail_os("remove " + name);
    return {};
  }
  if (depth > kDeepest) return fail(name + ": nested too deeply to remove");
  for (const auto& child : names_in(directory.get())) {
    if (auto removed = remove_tree(directory.get(), child, depth + 1); !removed) return removed;
  }
  if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) return fail_os("remove " + name);
  return {};
}

std::optional<ProcessMark> read_mark(int directory, const char* name) {
  const Fd file(::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file) return std::nullopt;
  std::array<char, 64> text{};
  if (::read(file.get(), text.data(), text.size() - 1) <= 0) return std::nullopt;
  ProcessMark mark;
  std::istringstream words(text.data());
  if (!(words >> mark.pid >> mark.start_ticks) || mark.pid <= 1) return std::nullopt;
  return mark;
}

bool write_mark(int file, const ProcessMark& mark) {
  const std::string text = fmt::format("{} {}\n", mark.pid, mark.start_ticks);
  return ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

std::optional<Fd> take_lock(int directory) {
  Fd lock(::openat(directory, kLock, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return std::nullopt;
  return lock;
}

// The lock of a directory whose run is dead; nothing when the run lives. A run that was killed while it started a
// program leaves a child that has the lock until it executes (measured: 7 of 100 such runs, up to 14 ms): then it is
// waited for.
std::optional<Fd> take_orphans_lock(int directory) {
  for (int i = 0; i < kLockTries; ++i) {
    if (auto lock = take_lock(directory)) return lock;
    const auto owner = read_mark(directory, kLock);
    if (!owner || !has_ended(*owner)) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return std::nullopt;
}

std::string describe_orphan(const fs::path& path, int directory) {
  const auto mark = read_mark(directory, kWarden);
  if (mark && !has_ended(*mark))
    return fmt::format("{} (its warden, process {}, still runs)", path.string(), mark->pid);
  return path.string();
}

template <class Visit>
Result<void> for_each_orphan(const Parent& parent, Visit visit) {
  if (::flock(parent.fd.get(), LOCK_EX) != 0) return fail_os("lock " + parent.path.string());
  for (const auto& name : names_in(parent.fd.get())) {
    const Fd directory(::openat(parent.fd.get(), name.c_str(), kDirectory));
    if (!directory) continue;  // not a directory: not ours
    const auto lock = take_orphans_lock(directory.get());
    if (!lock) continue;
    if (auto visited = visit(name, directory.get()); !visited) return visited;
  }
  return {};
}

}  // namespace

RunDirectory::RunDirectory(fs::path path, Fd lock) : path_(std::move(path)), lock_(std::move(lock)) {}
RunDirectory::RunDirectory(RunDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}
RunDirectory& RunDirectory::operator=(RunDirectory&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  return *this;
}

Result<RunDirectory> RunDirectory::make() { return make(random_text(12, "abcdefghijklmnopqrstuvwxyz234567")); }

Result<RunDirectory> RunDirectory::make(const std::string& slug) {
  if (!is_slug(slug)) return fail("'" + slug + "' is no name for a run: only a-z, 0-9 and -, at most 64", Fault::usage);
  BOTTLE_TRY(const Parent parent, open_parent());
  if (::flock(parent.fd.get(), LOCK_EX) != 0) return fail_os("lock " + parent.path.string());
  const fs::path path = parent.path / slug;
  if (::mkdirat(parent.fd.get(), slug.c_str(), 0700) != 0) return fail_os(path.string());
  const Fd directory(::openat(parent.fd.get(), slug.c_str(), kDirectory));
  auto lock = directory ? take_lock(directory.get()) : std::nullopt;
  if (!lock) return fail_os("lock " + path.string());
  BOTTLE_TRY(const auto owner, mark_of(::getpid()));
  if (!write_mark(lock->get(), owner)) return fail_os("mark " + path.string());
  return RunDirectory(path, std::move(*lock));
}

RunDirectory::~RunDirectory() {
  if (path_.empty() || ::access((path_ / kKept).c_str(), F_OK) == 0) return;  // `cleanup` finds it
  const Fd parent(::open(path_.parent_path().c_str(), kDirectory));
  // Who looks for orphans meanwhile would put a lock into what is half gone, and it could not be removed.
  if (!parent || ::flock(parent.get(), LOCK_EX) != 0) return;
  static_cast<void>(remove_tree(parent.get(), path_.filename().string()));  // else `cleanup` finds it
}

Result<void> write_warden_mark(const fs::path& run_directory, int pid) {
  BOTTLE_TRY(const auto mark, mark_of(pid));
  const fs::path path = run_directory / kWarden;
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file || !write_mark(file.get(), mark)) return fail_os(path.string());
  return {};
}

bool is_run_alive(const fs::path& run_directory) {
  const Fd directory(::open(run_directory.c_str(), kDirectory));
  return directory && !take_orphans_lock(directory.get());
}

std::vector<std::string> orphans() {
  std::vector<std::string> lines;
  const auto parent = open_parent();
  if (!parent) return lines;
  static_cast<void>(for_each_orphan(*parent, [&](const std::string& name, int directory) -> Result<void> {
    lines.push_back(describe_orphan(parent->path / name, directory));
    return {};
  }));
  return lines;
}

std::vector<fs::path> orphaned_directories() {
  std::vector<fs::path> paths;
  const auto parent = open_parent();
  if (!parent) return paths;
  static_cast<void>(for_each_orphan(*parent, [&](const std::string& name, int) -> Result<void> {
    paths.push_back(parent->path / name);
    return {};
  }));
  return paths;
}

Result<std::vector<std::string>> remove_orphans() {
  std::vector<std::string> lines;
  BOTTLE_TRY(const Parent parent, open_parent());
  auto swept = for_each_orphan(parent, [&](const std::string& name, int directory) -> Result<void> {
    if (::faccessat(directory, kKept, F_OK, AT_SYMLINK_NOFOLLOW) == 0) return {};
    std::string line = describe_orphan(parent.path / name, directory);
    if (const auto mark = read_mark(directory, kWarden)) end_process(*mark, kEndTime);
    if (auto removed = remove_tree(parent.fd.get(), name); !removed) return removed;
    lines.push_back(std::move(line));
    return {};
  });
  if (!swept) return fail(swept.error());
  return lines;
}

}  // namespace bottle
