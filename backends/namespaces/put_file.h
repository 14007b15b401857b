// Writes a file where the agent can read it. The caller is in the agent's mount namespace, with the warden's rights.
#pragma once

#include <string>

#include "harness/result.h"

namespace bottle::warden {

// Parents are made. No symbolic link is followed: the agent may have put one there.
Result<void> put_file(const std::string& path, unsigned mode, int content, unsigned owner);

}  // namespace bottle::warden
