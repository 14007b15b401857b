#include <sys/prctl.h>
#include <sys/utsname.h>

#include <system_error>

#include "harness/platform/own_program.h"

namespace bottle {

Result<std::filesystem::path> own_program() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return fail("/proc/self/exe: " + error.message());
  return self;
}

std::string own_platform() {
  utsname names = {};
  return (::uname(&names) == 0 ? std::string(names.machine) : "unknown") + "-linux";
}

void never_gain_privileges() { ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

}  // namespace bottle
