#include <sys/sysctl.h>

#include "backends/smolmachines/hypervisor.h"

namespace bottle::smolmachines {

Check check_hypervisor() {
  int there = 0;
  std::size_t size = sizeof there;
  if (::sysctlbyname("kern.hv_support", &there, &size, nullptr, 0) == 0 && there == 1)
    return {"hypervisor", Check::State::ok, "Hypervisor.framework", ""};
  return {"hypervisor", Check::State::missing, "this Mac has no Hypervisor.framework for us (kern.hv_support is 0)",
          "run it on the machine itself, not in a virtual one"};
}

}  // namespace bottle::smolmachines
