#include "backends/smolmachines/agent_rootfs.h"

#include "harness/process.h"

namespace bottle::smolmachines {
namespace {

namespace fs = std::filesystem;

constexpr char kVariable[] = "SMOLVM_AGENT_ROOTFS", kFolder[] = "agent-rootfs";
#ifdef __APPLE__
constexpr char kDataVariable[] = "", kUsersData[] = "Library/Application Support";  // no variable leads elsewhere
#else
constexpr char kDataVariable[] = "XDG_DATA_HOME", kUsersData[] = ".local/share";
#endif

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

// Of the user, not of the run. Empty: there is no HOME to find it by.
fs::path in_users_data() {
  const fs::path told = own_variable(kDataVariable);
  if (told.is_absolute()) return told / "smolvm" / kFolder;
  const std::string home = own_variable("HOME");
  return home.empty() ? fs::path() : fs::path(home) / kUsersData / "smolvm" / kFolder;
}

// Where `smolvm` on PATH leads to: the program that is installed is mostly linked there.
fs::path installed_in(const fs::path& program) {
  std::error_code error;
  const fs::path real = fs::canonical(program, error);
  return (error ? program : real).parent_path();
}

// Its installer's: a wrapper, and the program itself of this name. Somebody else's wrapper may have all of it
// elsewhere.
bool is_an_installation(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / "smolvm-bin", ignored);
}

}  // namespace

// smolvm's own order: what the user says, what is beside it, the user's data directory.
Result<fs::path> agent_rootfs(const fs::path& program) {
  if (const std::string told = own_variable(kVariable); !told.empty()) {
    if (is_folder(told)) return fs::absolute(told);
    return fail(std::string(kVariable) + " names no directory: " + told, Fault::unavailable);
  }
  const fs::path beside = installed_in(program) / kFolder, in_data = in_users_data();
  if (is_folder(beside)) return fs::path();
  if (is_folder(in_data)) return in_data;
  if (!is_an_installation(beside.parent_path())) return fs::path();
  return fail("smolvm's agent-rootfs is not there: looked for at " + beside.string() +
                  (in_data.empty() ? "" : " and " + in_data.string()),
              Fault::unavailable);
}

Check check_agent_rootfs(const fs::path& program) {
  const std::string fix = "run smolvm's install script again, or let SMOLVM_AGENT_ROOTFS name it";
  const auto told = agent_rootfs(program);
  if (!told) return {"agent rootfs", Check::State::missing, told.error().what, fix};
  if (!told->empty()) return {"agent rootfs", Check::State::ok, told->string(), ""};
  const fs::path beside = installed_in(program) / kFolder;
  if (is_folder(beside)) return {"agent rootfs", Check::State::ok, beside.string(), ""};
  return {"agent rootfs", Check::State::warning, "neither beside " + program.string() + " nor in your data directory",
          "if a launch says that it is missing: " + fix};
}

}  // namespace bottle::smolmachines
