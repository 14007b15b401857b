// The files that reports go to.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/output_file.h"
#include "harness/config.h"
#include "harness/record.h"
#include "harness/report.h"
#include "harness/result.h"

namespace bottle {

// One for each target, in their order. Errors (Fault::usage): a format that is not among `formats`, a file that cannot
// be written, one file twice.
Result<std::vector<OutputFile>> open_targets(const std::vector<ReportTarget>& targets,
                                             const std::vector<std::string>& formats);

class ReportFiles {
 public:
  // Errors: those of open_targets.
  static Result<ReportFiles> open(const std::vector<ReportTarget>& targets, const std::vector<ReportFormat>& formats);

  // The record as it stands, to the json targets only: what is left if the run dies now.
  void keep(const RunRecord& record) const;
  // All formats. The first error; the others are written all the same.
  Result<void> write(const RunRecord& record) const;

 private:
  struct Target {
    ReportFormat format;
    OutputFile file;
  };
  std::vector<Target> targets_;
};

}  // namespace bottle
