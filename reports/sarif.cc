// SARIF as GitHub's code scanning wants it: results are leaks and nothing else.
#include "harness/report.h"
#include "reports/sarif_log.h"

namespace bottle {
namespace {

void write(const RunRecord& record, std::ostream& out) { write_sarif(record, SarifProfile::github, out); }

}  // namespace

ReportFormat make_report_sarif() { return {"sarif", "SARIF 2.1.0 for GitHub code scanning: only what leaked", write}; }

}  // namespace bottle
