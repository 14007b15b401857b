// Small file operations that say what failed.
#pragma once

#include <string>
#include <string_view>

#include "harness/result.h"

namespace bottle::warden {

Result<std::string> read_text(const std::string& path);
Result<void> write_all(int fd, std::string_view bytes);
Result<void> write_existing(const std::string& path, std::string_view bytes);  // one write: /proc files want it
// /proc/sys/<name> has this value, or is made to; where it cannot be written and differs, that is an error.
Result<void> ensure_sysctl(const std::string& name, const std::string& value);

}  // namespace bottle::warden
