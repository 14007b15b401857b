// Brings up a bottle around a described sandbox: its host, the lab, a bundle where there is one, and the sandbox.
#pragma once

#include "backends/command/description.h"
#include "harness/bottle.h"
#include "harness/install.h"

namespace bottle::command {

Result<Started> launch(const Install& install, const Description& sandbox, const Plan& plan,
                       const LaunchInputs& inputs);

}  // namespace bottle::command
