// What must stay visible in a place that has a /tmp of its own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/result.h"

namespace bottle::warden {

// Those of them that exist, by their real names.
Result<std::vector<std::string>> kept_paths(const std::vector<std::filesystem::path>& paths);

}  // namespace bottle::warden
