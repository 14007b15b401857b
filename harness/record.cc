// What follows from a record's findings: the sums, the worst, the exit code.
#include "harness/record.h"

#include <algorithm>

namespace bottle {
namespace {

int badness(Verdict verdict) {
  switch (verdict) {
    case Verdict::not_applicable: return 0;
    case Verdict::contained: return 1;
    case Verdict::inconclusive: return 2;
    case Verdict::error: return 3;
    case Verdict::leaked: return 4;
  }
  return 3;  // no enumerator: an error
}

}  // namespace

Totals totals_of(const RunRecord& record) {
  Totals totals;
  for (const Finding& finding : record.findings) {
    switch (finding.verdict) {
      case Verdict::contained: ++totals.contained; break;
      case Verdict::leaked: ++totals.leaked; break;
      case Verdict::inconclusive: ++totals.inconclusive; break;
      case Verdict::not_applicable: ++totals.not_applicable; break;
      case Verdict::error: ++totals.error; break;
    }
  }
  return totals;
}

Verdict worst(Verdict a, Verdict b) { return badness(b) > badness(a) ? b : a; }

int waived_leaks(const RunRecord& record) {
  return static_cast<int>(std::count_if(record.findings.begin(), record.findings.end(), [](const Finding& finding) {
    return finding.verdict == Verdict::leaked && finding.waived.has_value();
  }));
}

int exit_code_of(const RunRecord& record) {
  const Totals totals = totals_of(record);
  if (record.interrupted) return 130;
  if (totals.leaked > waived_leaks(record)) return 1;
  if (totals.inconclusive > 0 || totals.error > 0 || !record.complete) return 3;
  if (record.findings.empty()) return 4;
  return totals.contained > 0 ? 0 : 3;  // all not applicable: nothing was proven
}

}  // namespace bottle
