// Every form in which a session can be written to a file, as `bench -o NAME=FILE` names them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/bench/report.h"

namespace bottle {

struct BenchFormat {
  std::string_view name;
  std::string_view title;  // for a list of formats
  std::string (*write)(const BenchReport& report);
};

std::vector<BenchFormat> all_bench_formats();
std::optional<BenchFormat> bench_format_named(std::string_view name);

// The same for a whole history: `bench history FILE -o NAME=FILE`.
struct HistoryFormat {
  std::string_view name;
  std::string (*write)(const std::vector<BenchSession>& history);
};

std::vector<HistoryFormat> all_history_formats();
std::optional<HistoryFormat> history_format_named(std::string_view name);

}  // namespace bottle
