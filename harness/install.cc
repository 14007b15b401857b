// Looks for libexec and share beside the executable, then where `cmake --install` puts them.
#include "harness/install.h"

#include <unistd.h>

#include <system_error>

namespace bottle {
namespace {

namespace fs = std::filesystem;

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

}  // namespace

Result<Install> Install::locate() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (error) return fail("/proc/self/exe: " + error.message());
  const fs::path folder = self.parent_path();
  const Install built{folder / "libexec", folder / "share"};
  const Install installed{folder.parent_path() / "libexec/bottle-verify", folder.parent_path() / "share/bottle-verify"};
  // Whole or not at all: helpers of one version with the data of another would be worse than an error.
  for (const Install& candidate : {built, installed}) {
    if (is_folder(candidate.libexec) && is_folder(candidate.share)) return candidate;
  }
  return fail("the helper programs and data are neither in " + built.libexec.string() + " and " + built.share.string() +
                  " nor in " + installed.libexec.string() + " and " + installed.share.string(),
              Fault::unavailable);
}

Result<fs::path> Install::helper(const std::string& name) const {
  const fs::path program = libexec / name;
  if (is_folder(program) || ::access(program.c_str(), X_OK) != 0) {
    return fail(program.string() + ": no such program; build or install bottle-verify completely", Fault::unavailable);
  }
  return program;
}

}  // namespace bottle
