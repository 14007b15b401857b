#include "backends/namespaces/preflight.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <optional>

#include "harness/process.h"

namespace bottle::warden {
namespace {

using State = Check::State;

std::optional<long> number_in(const char* path) {
  std::ifstream file(path);
  long value = 0;
  if (file >> value) return value;
  return std::nullopt;
}

// mount_setattr(), with which whole trees become read-only, came with 5.12.
Check check_kernel() {
  utsname name{};
  int major = 0, minor = 0;
  if (::uname(&name) != 0 || std::sscanf(name.release, "%d.%d", &major, &minor) != 2) {
    return {"kernel", State::missing, "unknown", "run on Linux 5.12 or newer"};
  }
  const bool enough = major > 5 || (major == 5 && minor >= 12);
  return {"kernel", enough ? State::ok : State::missing, name.release, enough ? "" : "Linux 5.12 or newer is needed"};
}

Check check_user_namespaces() {
  const bool ordinary = ::geteuid() != 0;
  const auto most = number_in("/proc/sys/user/max_user_namespaces");
  if (!most) return {"user namespaces", State::missing, "the kernel has none", "use a kernel with CONFIG_USER_NS"};
  if (*most <= 0) {
    return {"user namespaces", State::missing, "user.max_user_namespaces = 0",
            "sysctl -w user.max_user_namespaces=15000"};
  }
  if (ordinary && number_in("/proc/sys/kernel/unprivileged_userns_clone") == 0) {
    return {"user namespaces", State::missing, "kernel.unprivileged_userns_clone = 0",
            "sysctl -w kernel.unprivileged_userns_clone=1, or run as root"};
  }
  if (ordinary && number_in("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1) {
    return {
        "user namespaces", State::warning, "AppArmor restricts them (Ubuntu 23.10 and newer)",
        "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or install an AppArmor profile for bottle-warden "
        "with `flags=(unconfined) { userns, }`, or run as root"};
  }
  return {"user namespaces", State::ok, std::to_string(*most) + " allowed", ""};
}

Check check_helper(const Install& install, const std::string& name) {
  const auto helper = install.helper(name);
  if (helper) return {name, State::ok, helper->string(), ""};
  return {name, State::missing, "not there", helper.error().what};
}

// The only check that proves something: the warden makes all of its namespaces and ends.
Check check_by_trying(const Install& install) {
  const auto warden = install.helper("bottle-warden");
  if (!warden) return {"namespaces", State::missing, "not tried", warden.error().what};
  const auto tried = run_process({{warden->string(), "--check"}, {}, {}}, {.output_bytes = 4096});
  if (tried && succeeded(*tried)) return {"namespaces", State::ok, "user, pid, mount, ipc, uts and network: made", ""};
  std::string found = tried ? tried->err : tried.error().what;
  while (!found.empty() && found.back() == '\n') found.pop_back();
  if (found.empty() && tried) found = "bottle-warden --check: " + describe(tried->ending);
  return {"namespaces", State::missing, found,
          "inside a container: run it with --privileged, or --security-opt seccomp=unconfined "
          "--security-opt apparmor=unconfined --security-opt systempaths=unconfined"};
}

}  // namespace

std::vector<Check> preflight(const Install& install) {
  return {check_kernel(), check_user_namespaces(), check_helper(install, "bottle-warden"),
          check_helper(install, "bottle-lab"), check_by_trying(install)};
}

}  // namespace bottle::warden
