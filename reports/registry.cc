#include "reports/registry.h"

namespace bottle {

#define BOTTLE_ITEM(name) ReportFormat make_report_##name();
#include "reports.inc"
#undef BOTTLE_ITEM

std::vector<ReportFormat> all_report_formats() {
  return {
#define BOTTLE_ITEM(name) make_report_##name(),
#include "reports.inc"
#undef BOTTLE_ITEM
  };
}

std::optional<ReportFormat> report_format_named(std::string_view name) {
  for (const ReportFormat& format : all_report_formats()) {
    if (format.name == name) return format;
  }
  return std::nullopt;
}

}  // namespace bottle
