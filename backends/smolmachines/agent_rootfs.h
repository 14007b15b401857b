// What the agent of smolvm's guests boots from. smolvm's installer puts it into the user's data directory, where a
// smolvm with a home of the run's own does not look: it has to be told.
#pragma once

#include <filesystem>

#include "harness/bottle.h"
#include "harness/result.h"

namespace bottle::smolmachines {

// What SMOLVM_AGENT_ROOTFS has to say to this smolvm; empty: it finds its own, or is started by a program that is not
// of its installation, and only that one knows. Fault::unavailable: it is in none of its places.
Result<std::filesystem::path> agent_rootfs(const std::filesystem::path& program);

Check check_agent_rootfs(const std::filesystem::path& program);

}  // namespace bottle::smolmachines
