// SARIF with every finding: kinds pass, fail, open and notApplicable.
#include "harness/report.h"
#include "reports/sarif_log.h"

namespace bottle {
namespace {

void write(const RunRecord& record, std::ostream& out) { write_sarif(record, SarifProfile::full, out); }

}  // namespace

ReportFormat make_report_sarif_full() { return {"sarif-full", "SARIF 2.1.0 with every finding and its kind", write}; }

}  // namespace bottle
