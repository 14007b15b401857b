// Whole files, read at once and written at the end.
#pragma once

#include <filesystem>
#include <string>

#include "harness/fd.h"
#include "harness/result.h"

namespace bottle {

// Of a regular file all bytes, in one read: some are programs of many megabytes.
Result<std::string> read_whole(const std::filesystem::path& path);

// Replaces what is there. Nobody else may read it unless the mode says so; never through a link.
Result<void> write_whole(const std::filesystem::path& path, const std::string& bytes, unsigned mode = 0600);

// Of the last change to its content, in nanoseconds. An error: there is no such file.
Result<std::string> time_of_change(const std::filesystem::path& path);

// For a child's words: made if it is not there, private, appended to, and never through a link.
Result<Fd> open_log(const std::filesystem::path& path);

}  // namespace bottle
