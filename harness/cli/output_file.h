// A file that something is written to at the end of the work, "-" for stdout. It is tried at the start, so that a path
// that cannot be written is found before an hour of work is; and it is written whole or not at all (a temporary file
// beside it, then a rename). Devices and pipes are written to, never replaced; links are followed.
#pragma once

#include <string>

#include "harness/result.h"

namespace bottle {

class OutputFile {
 public:
  // Errors: Fault::usage, with what to do.
  static Result<OutputFile> open(const std::string& path);

  const std::string& place() const { return place_; }  // where it is in the end; "-": stdout
  bool can_be_replaced() const;                        // a file: it may be written more than once
  Result<void> write(const std::string& bytes) const;

 private:
  explicit OutputFile(std::string place) : place_(std::move(place)) {}
  std::string place_;
};

}  // namespace bottle
