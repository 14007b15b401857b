// What `cp -` of an engine takes and gives: a tar stream (POSIX ustar).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/bottle.h"
#include "harness/result.h"

namespace bottle::docker {

// These files and folders of the host with all that is in them, at their own absolute paths; links are left out. Owner
// is root, modes stay.
Result<std::string> archive_of(const std::vector<std::filesystem::path>& paths);

// The same for what is no file of the host's.
Result<std::string> archive_of(const std::vector<AgentFile>& files);

// The content of the first plain file in a stream that may be hostile. Fault::failed: there is none.
Result<std::string> only_file_in(const std::string& archive);

}  // namespace bottle::docker
