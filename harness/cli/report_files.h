// The files that reports go to. They are tried before the run, so that a path that cannot be written is found before an
// hour of work is; and each is written whole or not at all (a temporary file beside it, then a rename).
#pragma once

#include <string>
#include <vector>

#include "harness/config.h"
#include "harness/record.h"
#include "harness/report.h"
#include "harness/result.h"

namespace bottle {

class ReportFiles {
 public:
  // Errors (Fault::usage): a format that does not exist, a directory that cannot be written to, one file twice.
  static Result<ReportFiles> open(const std::vector<ReportTarget>& targets, const std::vector<ReportFormat>& formats);

  // The record as it stands, to the json targets only: what is left if the run dies now.
  void keep(const RunRecord& record) const;
  // All formats. The first error; the others are written all the same.
  Result<void> write(const RunRecord& record) const;

 private:
  struct Target {
    ReportFormat format;
    std::string file;  // "-": stdout
  };
  std::vector<Target> targets_;
};

}  // namespace bottle
