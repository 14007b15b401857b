#include "reports/bench/github_action.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/safe_text.h"
#include "reports/bench/units.h"
#include "reports/bench/warnings.h"

namespace bottle {
namespace {

using Json = nlohmann::ordered_json;

std::string details_of(const BenchFigures& figures, const BenchSession& session) {
  std::string text = fmt::format("n={}, failed={}", figures.cold_start.count, figures.failed);
  if (figures.cold_start.p95) text += fmt::format(", p95={} ms", milliseconds(*figures.cold_start.p95));
  return text + fmt::format(", {}, seed {}", rounds_sentence(session), session.seed);
}

Json cold_start_row(const std::string& name, const BenchFigures& figures, const BenchSession& session) {
  return {{"name", name + ": cold start"},
          {"unit", "ms"},
          {"value", figures.cold_start.median / 1e6},
          {"range", "± " + milliseconds(figures.cold_start.mad)},
          {"extra", details_of(figures, session)}};
}

Json ratio_row(const std::string& name, const PairedRatio& ratio) {
  return {{"name", name + ": cold start, times native"},
          {"unit", "ratio"},
          {"value", ratio.estimate},
          {"range", three_digits(ratio.interval)},
          {"extra", fmt::format("the range is the 99 % interval, over {} rounds", ratio.rounds)}};
}

}  // namespace

std::string github_action_json(const BenchReport& report) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < report.figures.size(); ++i) {
    const BenchFigures& figures = report.figures[i];
    const std::string name = safe_line(report.session.contenders[i].name);
    if (figures.cold_start.count > 0) rows.push_back(cold_start_row(name, figures, report.session));
    if (figures.ratio) rows.push_back(ratio_row(name, *figures.ratio));
  }
  return rows.dump(2) + "\n";
}

}  // namespace bottle
