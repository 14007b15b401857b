#include "backends/smolmachines/preflight.h"

#include <unistd.h>

#ifdef __APPLE__
#include <sys/sysctl.h>
#endif

#include "backends/smolmachines/alias_pool.h"

namespace bottle::smolmachines {
namespace {

using State = Check::State;

#ifdef __APPLE__
Check check_hypervisor() {
  int there = 0;
  std::size_t size = sizeof there;
  if (::sysctlbyname("kern.hv_support", &there, &size, nullptr, 0) == 0 && there == 1)
    return {"hypervisor", State::ok, "Hypervisor.framework", ""};
  return {"hypervisor", State::missing, "this Mac has no Hypervisor.framework for us (kern.hv_support is 0)",
          "run it on the machine itself, not in a virtual one"};
}
#else
constexpr char kKvm[] = "/dev/kvm";

// smolvm itself refuses to start a machine without it, so here it is no more than advice.
Check check_hypervisor() {
  if (::access(kKvm, F_OK) != 0)
    return {"hypervisor", State::warning, "no /dev/kvm", "sudo modprobe kvm_intel, or kvm_amd"};
  if (::access(kKvm, R_OK | W_OK) != 0)
    return {"hypervisor", State::warning, "/dev/kvm is not ours to open",
            "sudo usermod -aG kvm $USER, and log in again"};
  return {"hypervisor", State::ok, kKvm, ""};
}
#endif

Check check_aliases() {
  const auto alias = take_alias();
  if (alias) return {"loopback aliases", State::ok, alias->address + " is free", ""};
  return {"loopback aliases", State::missing, alias.error().what,
          "for i in $(seq 16 31); do sudo ifconfig lo0 alias 127.0.0.$i; done"};
}

}  // namespace

std::vector<Check> preflight(const Result<Smolvm>& smolvm, bool untested) {
  if (!smolvm) return {{"smolvm", State::missing, smolvm.error().what, kHowToGet}};
  std::vector<Check> checks;
  const std::string found = smolvm->version().text() + ", " + smolvm->program().string();
  if (const auto supported = check_supported(smolvm->version(), untested); !supported)
    return {{"smolvm", State::missing, supported.error().what, kHowToGet}};
  checks.push_back({"smolvm", State::ok, found, ""});
  checks.push_back(check_hypervisor());
  if (smolvm->family().wall == Wall::interception) checks.push_back(check_aliases());
  if (smolvm->family().answers_dns)
    checks.push_back({"policy", State::warning,
                      "smolvm " + smolvm->version().text() + " answers every DNS query whatever its list says",
                      "expect dns-exfil to leak; its fix is in the finding"});
  return checks;
}

}  // namespace bottle::smolmachines
