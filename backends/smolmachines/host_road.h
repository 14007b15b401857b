// Whether this host is heard: what it dials where the lab stands for the internet has to arrive there. A machine's
// traffic leaves as the host's, so without that road a wall that does not hold would look like one that does.
#pragma once

#include <string>

#include "harness/lab.h"

namespace bottle::smolmachines {

// Dials the address, one of the lab's internet, says a word that was made up for it, and looks for it in the lab's log.
// Fault::unavailable: it did not come there.
Result<void> show_that_host_is_heard(Lab& lab, const std::string& address);

}  // namespace bottle::smolmachines
