#include "backends/smolmachines/home.h"

#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "harness/digest.h"
#include "harness/file.h"
#include "harness/process.h"
#include "harness/run_directory.h"

namespace bottle::smolmachines {
namespace {

namespace fs = std::filesystem;

#ifdef __APPLE__
constexpr char kToState[] = "Library/Application Support/smolvm/server/smolvm.db",
               kToUsersState[] = "Library/Application Support/smolvm/server/smolvm.db";
constexpr char kToCache[] = "Library/Caches", kToUsersCache[] = "Library/Caches";
constexpr std::size_t kLongest = 48;  // 104 bytes for a socket's path, of which Library/Caches/... takes the rest
#else
constexpr char kToState[] = "data/smolvm/server/smolvm.db", kToUsersState[] = ".local/share/smolvm/server/smolvm.db";
constexpr char kToCache[] = "cache", kToUsersCache[] = ".cache";
constexpr std::size_t kLongest = 60;  // of 108
#endif

}  // namespace

Home Home::of_run(const fs::path& run_directory, const std::string& slug) {
  const fs::path inside = run_directory / "vm";
  if (inside.string().size() <= kLongest) return {inside};
  return {fs::path("/tmp") / ("bottle-verify-" + slug)};
}

Environment Home::environment() const {
  const std::string at = path.string();
  const std::string programs = own_variable("PATH", "/usr/local/bin:/usr/bin:/bin");
  if (is_users) return {{"HOME", at}, {"PATH", programs}, {"LC_ALL", "C"}};
  Environment all{{"HOME", at},
                  {"XDG_DATA_HOME", at + "/data"},
                  {"XDG_CACHE_HOME", at + "/cache"},
                  {"XDG_CONFIG_HOME", at + "/config"},
                  {"XDG_RUNTIME_DIR", at},
                  {"TMPDIR", at},
                  {"PATH", programs},
                  {"LC_ALL", "C"}};
  if (!agent_rootfs.empty()) all["SMOLVM_AGENT_ROOTFS"] = agent_rootfs.string();
  return all;
}

fs::path Home::machine_directory(const std::string& name) const {
  const fs::path cache = is_users ? kToUsersCache : kToCache;
  return path / cache / "smolvm" / "vms" / sha256_hex(name).substr(0, 16);
}

fs::path Home::state_database() const { return path / (is_users ? kToUsersState : kToState); }

Result<void> make_home(const Home& home) {
  if (home.is_users) return {};
  if (::mkdir(home.path.c_str(), 0700) != 0) return fail_os(home.path.string());
  return {};
}

Result<void> write_note(const fs::path& run_directory, const Note& note) {
  const nlohmann::json text = {{"program", note.program.string()}, {"home", note.home.path.string()},
                               {"is_users", note.home.is_users},   {"agent_rootfs", note.home.agent_rootfs.string()},
                               {"machine", note.machine},          {"unfinished", note.unfinished.string()}};
  return write_whole(run_directory / kKept, text.dump() + "\n");
}

// The directory is private to this user, and so is what it says.
std::optional<Note> note_of(const fs::path& run_directory) {
  const auto text = read_whole(run_directory / kKept);
  if (!text) return std::nullopt;
  const auto told = nlohmann::json::parse(*text, nullptr, false);
  if (!told.is_object()) return std::nullopt;  // killed while it was written: nothing had been made
  try {
    return Note{.program = told.at("program").get<std::string>(),
                .home = {told.at("home").get<std::string>(), told.at("is_users").get<bool>(),
                         told.value("agent_rootfs", std::string())},
                .machine = told.at("machine").get<std::string>(),
                .unfinished = told.value("unfinished", std::string())};
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

Result<void> remove_home(const Home& home) {
  if (home.is_users) return {};
  std::error_code error;
  fs::remove_all(home.path, error);
  return error ? fail(home.path.string() + ": " + error.message()) : Result<void>();
}

void forget_note(const fs::path& run_directory) {
  std::error_code ignored;
  fs::remove(run_directory / kKept, ignored);
}

}  // namespace bottle::smolmachines
