// Whether this machine can run another inside it.
#pragma once

#include "harness/bottle.h"

namespace bottle::smolmachines {

Check check_hypervisor();

}  // namespace bottle::smolmachines
