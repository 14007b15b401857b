// A report format: a pure function of the record. Same record, same bytes; no clock, no host, no environment.
#pragma once

#include <ostream>
#include <string_view>
#include <vector>

#include "harness/record.h"

namespace bottle {

struct ReportFormat {
  std::string_view name;   // what `-o NAME=FILE` says
  std::string_view title;  // for `list formats`
  void (*write)(const RunRecord& record, std::ostream& out);
};

}  // namespace bottle
