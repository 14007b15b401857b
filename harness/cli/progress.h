// Says on stderr what is going on: one line that rewrites itself for a person, nothing at all for a file.
#pragma once

#include <mutex>

#include "harness/cli/report_files.h"
#include "harness/cli/terminal.h"
#include "harness/runner.h"

namespace bottle {

class Progress : public RunObserver {
 public:
  Progress(const Terminal& terminal, ReportFiles& files) : terminal_(terminal), files_(files) {}
  void phase(const std::string& what) override;
  void wrote(const RunRecord& record) override;
  void clear();

 private:
  const Terminal& terminal_;
  ReportFiles& files_;
  std::mutex mutex_;  // the arms run side by side
  bool drawn_ = false;
};

}  // namespace bottle
