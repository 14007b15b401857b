#include "reports/bench/report.h"

#include <utility>

namespace bottle {

BenchReport bench_report(BenchSession session) {
  BenchReport report{.session = std::move(session)};
  for (const BenchContender& contender : report.session.contenders)
    report.figures.push_back(figures_of(contender, report.session));
  return report;
}

}  // namespace bottle
