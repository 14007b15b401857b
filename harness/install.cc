// Looks for libexec and share beside the executable, then where `cmake --install` puts them.
#include "harness/install.h"

#include <unistd.h>

#include <sstream>
#include <system_error>
#include <utility>

#include "harness/platform/own_program.h"

namespace bottle {
namespace {

namespace fs = std::filesystem;

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

}  // namespace

Result<Install> Install::locate() {
  BOTTLE_TRY(const fs::path self, own_program());
  const fs::path folder = self.parent_path();
  const Install built{.libexec = folder / "libexec", .share = folder / "share"};
  const Install installed{.libexec = folder.parent_path() / "libexec/bottle-verify",
                          .share = folder.parent_path() / "share/bottle-verify"};
  // Whole or not at all: helpers of one version with the data of another would be worse than an error.
  for (const Install& candidate : {built, installed}) {
    if (is_folder(candidate.libexec) && is_folder(candidate.share)) return candidate;
  }
  return fail("the helper programs and data are neither in " + built.libexec.string() + " and " + built.share.string() +
                  " nor in " + installed.libexec.string() + " and " + installed.share.string(),
              Fault::unavailable);
}

Result<Install> Install::for_guest(const std::string& platform) const {
  if (platform.empty() || platform == own_platform()) return *this;
  const Install other{.libexec = libexec / platform, .share = share, .guest = platform};
  if (is_folder(other.libexec)) return other;
  return fail("the bottle is a machine of another kind (" + platform + "), and the programs for it are not in " +
                  other.libexec.string() + "; ci/guest-programs makes them",
              Fault::unavailable);
}

Result<fs::path> Install::helper(const std::string& name) const {
  const fs::path program = libexec / name;
  if (is_folder(program) || ::access(program.c_str(), X_OK) != 0) {
    return fail(program.string() + ": no such program; build or install bottle-verify completely", Fault::unavailable);
  }
  return program;
}

std::string platform_named(const std::string& said) {
  std::istringstream words(said);
  std::string system, machine;
  words >> system;
  if (!(words >> machine)) machine = std::exchange(system, "Linux");
  if (machine == "arm64") machine = "aarch64";
  if (machine == "amd64") machine = "x86_64";
  const bool known = machine == "aarch64" || machine == "x86_64";
  if (!known || system != "Linux") return {};
  return machine + "-linux";
}

}  // namespace bottle
