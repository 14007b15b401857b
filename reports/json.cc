// The record itself, which every other report can be made from again: `bottle-verify report`.
#include <nlohmann/json.hpp>

#include "harness/report.h"

namespace bottle {
namespace {

void write(const RunRecord& record, std::ostream& out) { out << to_json(record).dump(2) << '\n'; }

}  // namespace

ReportFormat make_report_json() { return {"json", "the record: everything, versioned (record/v1)", write}; }

}  // namespace bottle
