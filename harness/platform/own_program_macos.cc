#include <mach-o/dyld.h>
#include <sys/utsname.h>

#include <string>
#include <system_error>

#include "harness/platform/own_program.h"

namespace bottle {

Result<std::filesystem::path> own_program() {
  std::uint32_t size = 0;
  ::_NSGetExecutablePath(nullptr, &size);
  std::string path(size, '\0');
  if (::_NSGetExecutablePath(path.data(), &size) != 0) return fail("the program's own path cannot be told");
  std::error_code error;
  auto self = std::filesystem::canonical(path.c_str(), error);
  if (error) return fail(std::string(path.c_str()) + ": " + error.message());
  return self;
}

std::string own_platform() {
  utsname names = {};
  if (::uname(&names) != 0) return "unknown-macos";
  const std::string machine = names.machine;
  return (machine == "arm64" ? "aarch64" : machine) + "-macos";
}

void never_gain_privileges() {}

}  // namespace bottle
