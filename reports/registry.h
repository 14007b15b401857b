// Every report format there is: one file each, listed in CMakeLists.txt.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "harness/report.h"

namespace bottle {

std::vector<ReportFormat> all_report_formats();
std::optional<ReportFormat> report_format_named(std::string_view name);

}  // namespace bottle
