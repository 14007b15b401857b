#include <unistd.h>

#include "backends/smolmachines/hypervisor.h"

namespace bottle::smolmachines {
namespace {

constexpr char kKvm[] = "/dev/kvm";

}  // namespace

// smolvm itself refuses to start a machine without it, so here it is no more than advice.
Check check_hypervisor() {
  if (::access(kKvm, F_OK) != 0)
    return {"hypervisor", Check::State::warning, "no /dev/kvm", "sudo modprobe kvm_intel, or kvm_amd"};
  if (::access(kKvm, R_OK | W_OK) != 0)
    return {"hypervisor", Check::State::warning, "/dev/kvm is not ours to open",
            "sudo usermod -aG kvm $USER, and log in again"};
  return {"hypervisor", Check::State::ok, kKvm, ""};
}

}  // namespace bottle::smolmachines
