// Two things of the format are not ours: each row must have a CPU time (0 where none was measured; the context says
// for whom), and compare.py takes an error's 0 ns for a measurement. So failures stand under a name of their own, as
// an aggregate, which it does not count.
#include "reports/bench/google_benchmark.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/safe_text.h"

namespace bottle {
namespace {

using Json = nlohmann::ordered_json;

bool counts(const BenchSample& sample) { return !sample.warm_up; }

Json row_of(const std::string& name, const char* run_type, std::size_t repetitions, std::size_t index) {
  return {{"name", name},
          {"run_name", name},
          {"run_type", run_type},
          {"repetitions", repetitions},
          {"repetition_index", index},
          {"threads", 1},
          {"iterations", 1}};
}

Json measured_row(const std::string& name, std::size_t repetitions, std::size_t index, const BenchSample& sample) {
  Json row = row_of(name, "iteration", repetitions, index);
  row["real_time"] = *sample.cold_start;
  row["cpu_time"] = sample.cpu.value_or(0);
  row["time_unit"] = "ns";
  for (const BenchPhase phase : kBenchPhases)
    if (sample[phase]) row[std::string(name_of(phase)) + "_ns"] = *sample[phase];
  if (sample.peak_bytes) row["peak_bytes"] = *sample.peak_bytes;
  row["round"] = sample.round;
  return row;
}

Json failed_row(const std::string& name, std::size_t repetitions, std::size_t index, const BenchSample& sample) {
  Json row = row_of(name + "/failed", "aggregate", repetitions, index);
  row["aggregate_name"] = "failed";
  row["error_occurred"] = true;
  row["error_message"] = safe_text(sample.ok() ? "it has no cold start" : sample.problem);
  row["iterations"] = 0;
  row["real_time"] = 0;
  row["cpu_time"] = 0;
  row["time_unit"] = "ns";
  return row;
}

Json context_of(const BenchSession& session) {
  Json context = {{"date", safe_text(session.started)},
                  {"executable", "bottle-verify"},
                  {"bottle_verify_version", safe_text(session.tool_version)},
                  {"seed", std::to_string(session.seed)},
                  {"mode", name_of(session.mode)},
                  {"library_build_type", "release"},
                  {"caches", Json::array()},
                  {"load_avg", {session.noise.load_before}}};
  const auto cpus = session.host.find("cpus");
  const bool number = cpus != session.host.end() && !cpus->second.empty() && cpus->second.size() < 7 &&
                      std::ranges::all_of(cpus->second, [](char c) { return c >= '0' && c <= '9'; });
  if (number) context["num_cpus"] = std::stoi(cpus->second);
  Json without = Json::array();
  for (const BenchContender& contender : session.contenders) {
    const auto measured = [](const BenchSample& sample) { return counts(sample) && sample.ok() && !sample.cpu; };
    if (std::ranges::any_of(contender.samples, measured)) without.push_back(safe_text(contender.name));
  }
  if (!without.empty()) context["cpu_time_0_means_not_measured"] = without;
  return context;
}

}  // namespace

std::string google_benchmark_json(const BenchReport& report) {
  Json rows = Json::array();
  for (const BenchContender& contender : report.session.contenders) {
    const std::string name = "cold_start/" + safe_line(contender.name);
    const auto repetitions = static_cast<std::size_t>(std::ranges::count_if(contender.samples, counts));
    std::size_t index = 0;
    for (const BenchSample& sample : contender.samples) {
      if (!counts(sample)) continue;
      rows.push_back(sample.ok() && sample.cold_start ? measured_row(name, repetitions, index, sample)
                                                      : failed_row(name, repetitions, index, sample));
      ++index;
    }
  }
  const Json whole = {{"context", context_of(report.session)}, {"benchmarks", rows}};
  return whole.dump(2) + "\n";
}

}  // namespace bottle
