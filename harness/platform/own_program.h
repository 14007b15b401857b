// Where the program that runs is, and what it is made for.
#pragma once

#include <filesystem>
#include <string>

#include "harness/result.h"

namespace bottle {

Result<std::filesystem::path> own_program();  // no symbolic link

// Architecture and system: "x86_64-linux", "aarch64-macos". Also the names of folders of helpers (harness/install.h).
std::string own_platform();

// By executing another one, for good, where the kernel can promise that.
void never_gain_privileges();

}  // namespace bottle
