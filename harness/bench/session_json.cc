// A session to its line of JSON. Samples are written in columns, one array a measure: a third of the bytes, and what
// other programs want. All text is made safe here as well: whoever filled the session, writing it out cannot fail.
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/bench/session.h"
#include "harness/safe_text.h"

namespace bottle {
namespace {

using Json = nlohmann::ordered_json;
using Value = std::optional<std::int64_t>;
using Texts = std::map<std::string, std::string>;

Json json_of(const Texts& texts) {
  Json json = Json::object();
  for (const auto& [key, value] : texts) json[safe_text(key)] = safe_text(value);
  return json;
}

// Nothing where no sample has it: a measure that a contender does not have is missing, never 0.
void put_column(Json& to, const std::string& key, const std::vector<BenchSample>& samples,
                const std::function<Value(const BenchSample&)>& pick) {
  Json column = Json::array();
  bool any = false;
  for (const BenchSample& sample : samples) {
    const Value value = pick(sample);
    any = any || value;
    column.push_back(value ? Json(*value) : Json(nullptr));
  }
  if (any) to[key] = std::move(column);
}

Json json_of(const std::vector<BenchSample>& samples) {
  Json json = {{"round", Json::array()}, {"warm_up", Json::array()}, {"problem", Json::array()}};
  std::set<std::string> details;
  for (const BenchSample& sample : samples) {
    json["round"].push_back(sample.round);
    json["warm_up"].push_back(sample.warm_up);
    json["problem"].push_back(safe_line(sample.problem));
    for (const auto& detail : sample.details) details.insert(detail.first);
  }
  put_column(json, "cold_start_ns", samples, [](const BenchSample& sample) { return sample.cold_start; });
  put_column(json, "cpu_ns", samples, [](const BenchSample& sample) { return sample.cpu; });
  put_column(json, "peak_bytes", samples, [](const BenchSample& sample) { return sample.peak_bytes; });
  json["phases_ns"] = Json::object();
  for (const BenchPhase phase : kBenchPhases) {
    put_column(json["phases_ns"], std::string(name_of(phase)), samples,
               [&](const BenchSample& sample) { return sample[phase]; });
  }
  json["details_ns"] = Json::object();
  for (const std::string& name : details) {
    put_column(json["details_ns"], safe_text(name), samples, [&](const BenchSample& sample) {
      const auto found = sample.details.find(name);
      return found == sample.details.end() ? Value() : Value(found->second);
    });
  }
  return json;
}

Json json_of(const BenchNoise& noise) {
  Json json = Json::object();
  if (noise.pressure) json["pressure"] = *noise.pressure;
  if (noise.steal) json["steal"] = *noise.steal;
  json["load_before"] = noise.load_before;
  json["load_after"] = noise.load_after;
  return json;
}

}  // namespace

std::string session_line(const BenchSession& session) {
  Json json = {{"schema", kBenchSchema},
               {"tool_version", safe_text(session.tool_version)},
               {"started", safe_text(session.started)},
               {"host", json_of(session.host)},
               {"fingerprint", json_of(session.fingerprint)},
               {"git", json_of(session.git)},
               {"mode", name_of(session.mode)},
               {"at_once", session.at_once},
               {"gap_ns", session.gap},
               {"seed", session.seed},
               {"rounds", session.rounds},
               {"warm_ups", session.warm_ups},
               {"contenders", Json::array()},
               {"noise", json_of(session.noise)},
               {"wall_ns", session.wall},
               {"interrupted", session.interrupted}};
  for (const BenchContender& contender : session.contenders) {
    json["contenders"].push_back({{"name", safe_text(contender.name)},
                                  {"title", safe_text(contender.title)},
                                  {"facts", json_of(contender.facts)},
                                  {"samples", json_of(contender.samples)}});
  }
  return json.dump();
}

}  // namespace bottle
