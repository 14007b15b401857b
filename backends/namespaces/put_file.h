// Writes a file where the agent can read it. The caller is where the agent's files are: the warden in the agent's mount
// namespace, or a program in the agent's container.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/result.h"

namespace bottle::warden {

// By which a file is known under whatever name.
struct FileIdentity {
  std::uint64_t device = 0, inode = 0;
};

// Parents are made (0755), unless that is not wanted. No symbolic link is followed: the agent may have put one there.
// What is at `path` is replaced at once, whole: whoever looks sees the old file or the new. `owner`: nothing leaves it
// to the caller.
Result<FileIdentity> put_file(const std::string& path, unsigned mode, int content, std::optional<unsigned> owner,
                              bool make_parents = true);

}  // namespace bottle::warden
