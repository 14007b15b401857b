// Whole files, read at once and written at the end.
#pragma once

#include <filesystem>
#include <string>

#include "harness/fd.h"
#include "harness/result.h"

namespace bottle {

// Of a regular file all bytes, in one read: some are programs of many megabytes.
Result<std::string> read_whole(const std::filesystem::path& path);

// For a child's words: made if it is not there, private, appended to, and never through a link.
Result<Fd> open_log(const std::filesystem::path& path);

}  // namespace bottle
