// The report for people: a table, everything that is not contained with its evidence, one sentence at the end.
#pragma once

#include <ostream>

#include "harness/record.h"

namespace bottle {

struct ConsoleStyle {
  bool colour = false;
  int width = 100;       // columns to wrap at
  bool verbose = false;  // every finding, and no limit on how many
  bool quiet = false;    // only the last line
};

void write_console(const RunRecord& record, std::ostream& out, const ConsoleStyle& style);

}  // namespace bottle
