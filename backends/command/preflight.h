// What this machine must have for a described sandbox, and what to do where it has not.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "backends/command/description.h"
#include "harness/bottle.h"
#include "harness/install.h"

namespace bottle::command {

std::vector<Check> preflight(const Install& install, const Description& description);

// Where a program is, in the user's own PATH, by its real name; empty: nowhere.
std::filesystem::path program_path(const std::string& name);

// What it says of its version, in one line; empty: nothing.
std::string version_of(const Description& description);

}  // namespace bottle::command
