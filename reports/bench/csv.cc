#include "reports/bench/csv.h"

#include <set>
#include <vector>

#include "reports/csv.h"

namespace bottle {
namespace {

std::string digits(const std::optional<std::int64_t>& value) { return value ? std::to_string(*value) : std::string(); }

std::string value_in(const std::map<std::string, std::string>& facts, const char* name) {
  const auto found = facts.find(name);
  return found == facts.end() ? std::string() : found->second;
}

std::set<std::string> detail_names(const BenchSession& session) {
  std::set<std::string> names;
  for (const BenchContender& contender : session.contenders)
    for (const BenchSample& sample : contender.samples)
      for (const auto& [name, value] : sample.details) names.insert(name);
  return names;
}

std::vector<std::string> heads_of(const std::set<std::string>& details) {
  std::vector<std::string> heads{"started", "tool_version", "commit",  "branch",       "dirty",
                                 "mode",    "at_once",      "gap_ns",  "seed",         "contender",
                                 "round",   "warm_up",      "problem", "cold_start_ns"};
  for (const BenchPhase phase : kBenchPhases) heads.push_back(std::string(name_of(phase)) + "_ns");
  heads.insert(heads.end(), {"cpu_ns", "peak_bytes"});
  for (const std::string& name : details) heads.push_back("detail:" + name + "_ns");
  return heads;
}

std::vector<std::string> fields_of(const BenchSession& session, const BenchContender& contender,
                                   const BenchSample& sample, const std::set<std::string>& details) {
  std::vector<std::string> fields{session.started,
                                  session.tool_version,
                                  value_in(session.git, "commit"),
                                  value_in(session.git, "branch"),
                                  value_in(session.git, "dirty"),
                                  std::string(name_of(session.mode)),
                                  std::to_string(session.at_once),
                                  std::to_string(session.gap),
                                  std::to_string(session.seed),
                                  contender.name,
                                  std::to_string(sample.round),
                                  sample.warm_up ? "true" : "false",
                                  sample.problem,
                                  digits(sample.cold_start)};
  for (const BenchPhase phase : kBenchPhases) fields.push_back(digits(sample[phase]));
  fields.push_back(digits(sample.cpu));
  fields.push_back(digits(sample.peak_bytes));
  for (const std::string& name : details) {
    const auto found = sample.details.find(name);
    fields.push_back(found == sample.details.end() ? std::string() : std::to_string(found->second));
  }
  return fields;
}

}  // namespace

std::string bench_csv(const BenchReport& report) {
  const std::set<std::string> details = detail_names(report.session);
  std::string text = csv_line(heads_of(details));
  for (const BenchContender& contender : report.session.contenders)
    for (const BenchSample& sample : contender.samples)
      text += csv_line(fields_of(report.session, contender, sample, details));
  return text;
}

}  // namespace bottle
