#include "reports/bench/bencher.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/safe_text.h"

namespace bottle {
namespace {

using Json = nlohmann::ordered_json;

// A bound that is not known is left out: the format allows that.
Json metric(double value, const Interval& bounds) {
  Json made = {{"value", value}};
  if (std::isfinite(bounds.low)) made["lower_value"] = bounds.low;
  if (std::isfinite(bounds.high)) made["upper_value"] = bounds.high;
  return made;
}

Json cold_start_of(const BenchFigures& figures) {
  Json measures = Json::object();
  if (figures.cold_start.count > 0)
    measures["latency"] = metric(figures.cold_start.median, figures.median_interval);  // ns
  if (figures.ratio) measures["times-native"] = metric(figures.ratio->estimate, figures.ratio->interval);
  if (figures.cpu && figures.cpu->count > 0) measures["cpu-time"] = {{"value", figures.cpu->median}};
  if (figures.peak_bytes && figures.peak_bytes->count > 0)
    measures["peak-memory"] = {{"value", figures.peak_bytes->median}};
  return measures;
}

}  // namespace

std::string bencher_json(const BenchReport& report) {
  Json benchmarks = Json::object();
  for (std::size_t i = 0; i < report.figures.size(); ++i) {
    const std::string name = safe_line(report.session.contenders[i].name);
    const Json cold_start = cold_start_of(report.figures[i]);
    if (!cold_start.empty()) benchmarks[name + "/cold_start"] = cold_start;
    for (const PhaseFigures& phase : report.figures[i].phases)
      if (phase.summary.count > 0)
        benchmarks[name + "/" + std::string(name_of(phase.phase))] = {{"latency", {{"value", phase.summary.median}}}};
  }
  return benchmarks.dump(2) + "\n";
}

}  // namespace bottle
