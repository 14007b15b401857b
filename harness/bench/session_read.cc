// A session from its line of JSON (session_json.cc writes it). Strict: every field must be there, of its kind, and no
// other; a column has an item for each sample.
#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/bench/session.h"
#include "harness/safe_text.h"

namespace bottle {
namespace {

using Json = nlohmann::ordered_json;
using Texts = std::map<std::string, std::string>;

// One object of the line. All share a complaint and keep the first; after it nothing is read any more.
class Fields {
 public:
  Fields(const Json& from, std::string path, std::string& complaint)
      : from_(from), path_(std::move(path)), complaint_(complaint) {
    if (!from_.is_object()) complain("", "an object");
  }

  const Json* find(const std::string& key) {
    if (!complaint_.empty()) return nullptr;
    known_.insert(key);
    const auto found = from_.find(key);
    return found == from_.end() ? nullptr : &*found;
  }
  const Json* need(const std::string& key) {
    const Json* found = find(key);
    if (found == nullptr && complaint_.empty()) complaint_ = path_of(key) + " is missing";
    return found;
  }

  void text(const char* key, std::string& value) {
    if (const Json* json = need(key)) read_text(*json, key, value);
  }
  void texts(const char* key, Texts& values) {
    const Json* json = need(key);
    if (json == nullptr) return;
    if (!json->is_object()) return complain(key, "an object");
    for (const auto& item : json->items())
      read_text(item.value(), std::string(key) + "." + safe_line(item.key(), 80), values[safe_text(item.key())]);
  }
  void flag(const char* key, bool& value) {
    const Json* json = need(key);
    if (json != nullptr && !json->is_boolean()) return complain(key, "true or false");
    if (json != nullptr) value = json->get<bool>();
  }
  template <class Number>
  void count(const char* key, Number& value) {
    const Json* json = need(key);
    if (json != nullptr && !is_count(*json, static_cast<std::uint64_t>(std::numeric_limits<Number>::max())))
      return complain(key, fmt::format("an integer from 0 to {}", std::numeric_limits<Number>::max()));
    if (json != nullptr) value = json->get<Number>();
  }
  void amount(const Json& json, const char* key, double& value) {
    if (!json.is_number() || !std::isfinite(json.get<double>()) || json.get<double>() < 0)
      return complain(key, "a number that is not negative");
    value = json.get<double>();
  }

  // An array with one item a sample; `take` stores one and says whether it is of its kind.
  void column(const Json& json, const std::string& key, std::size_t length, std::string_view kind,
              const std::function<bool(std::size_t, const Json&)>& take) {
    if (!json.is_array() || json.size() != length)
      return complain(key, fmt::format("an array of {} items, one a sample", length));
    for (std::size_t i = 0; i < length && complaint_.empty(); ++i)
      if (!take(i, json[i])) complain(fmt::format("{}[{}]", key, i), kind);
  }
  void values(const Json& json, const std::string& key, std::size_t length,
              const std::function<void(std::size_t, std::int64_t)>& take) {
    column(json, key, length, "null or an integer that is not negative", [&](std::size_t i, const Json& item) {
      if (item.is_null()) return true;
      if (!is_count(item, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))) return false;
      take(i, item.get<std::int64_t>());
      return true;
    });
  }

  void finish() {
    if (!complaint_.empty()) return;
    for (const auto& item : from_.items())
      if (!known_.contains(item.key()))
        complaint_ = path_of(safe_line(item.key(), 80)) + " is not a field of a session";
  }
  void complain(const std::string& key, std::string_view wanted) {
    if (complaint_.empty()) complaint_ = fmt::format("{} must be {}", path_of(key), wanted);
  }
  std::string path_of(const std::string& key) const {
    return path_.empty() || key.empty() ? path_ + key : path_ + "." + key;
  }
  std::string& complaint() { return complaint_; }

  static bool is_count(const Json& json, std::uint64_t most) {
    return json.is_number_unsigned() && json.get<std::uint64_t>() <= most;
  }

 private:
  void read_text(const Json& json, const std::string& key, std::string& value) {
    if (!json.is_string()) return complain(key, "a string");
    value = safe_text(json.get_ref<const std::string&>());
  }

  const Json& from_;
  std::string path_;
  std::string& complaint_;
  std::set<std::string, std::less<>> known_ = {};
};

void read_measure(Fields& samples, const char* key, std::optional<std::int64_t> BenchSample::*measure,
                  std::vector<BenchSample>& to) {
  if (const Json* column = samples.find(key))
    samples.values(*column, key, to.size(), [&](std::size_t i, std::int64_t value) { to[i].*measure = value; });
}

void read_phases(Fields& samples, std::vector<BenchSample>& to) {
  const Json* json = samples.need("phases_ns");
  if (json == nullptr) return;
  Fields phases(*json, samples.path_of("phases_ns"), samples.complaint());
  for (const BenchPhase phase : kBenchPhases) {
    const std::string name(name_of(phase));
    if (const Json* column = phases.find(name))
      phases.values(*column, name, to.size(), [&](std::size_t i, std::int64_t value) { to[i][phase] = value; });
  }
  phases.finish();
}

void read_details(Fields& samples, std::vector<BenchSample>& to) {
  const Json* json = samples.need("details_ns");
  if (json == nullptr) return;
  if (!json->is_object()) return samples.complain("details_ns", "an object");
  for (const auto& item : json->items()) {
    const std::string name = safe_text(item.key());
    samples.values(item.value(), "details_ns." + safe_line(item.key(), 80), to.size(),
                   [&](std::size_t i, std::int64_t value) { to[i].details[name] = value; });
  }
}

void read_samples(Fields& samples, std::vector<BenchSample>& to) {
  const Json* rounds = samples.need("round");
  if (rounds == nullptr) return;
  if (!rounds->is_array()) return samples.complain("round", "an array");
  to.resize(rounds->size());
  samples.column(*rounds, "round", to.size(), "an integer that is not negative", [&](std::size_t i, const Json& item) {
    if (!Fields::is_count(item, static_cast<std::uint64_t>(std::numeric_limits<int>::max()))) return false;
    to[i].round = item.get<int>();
    return true;
  });
  if (const Json* warm_ups = samples.need("warm_up")) {
    samples.column(*warm_ups, "warm_up", to.size(), "true or false", [&](std::size_t i, const Json& item) {
      if (item.is_boolean()) to[i].warm_up = item.get<bool>();
      return item.is_boolean();
    });
  }
  if (const Json* problems = samples.need("problem")) {
    samples.column(*problems, "problem", to.size(), "a string", [&](std::size_t i, const Json& item) {
      if (item.is_string()) to[i].problem = safe_line(item.get_ref<const std::string&>());
      return item.is_string();
    });
  }
  read_measure(samples, "cold_start_ns", &BenchSample::cold_start, to);
  read_measure(samples, "cpu_ns", &BenchSample::cpu, to);
  read_measure(samples, "peak_bytes", &BenchSample::peak_bytes, to);
  read_phases(samples, to);
  read_details(samples, to);
}

void read_contenders(Fields& session, std::vector<BenchContender>& to) {
  const Json* list = session.need("contenders");
  if (list == nullptr) return;
  if (!list->is_array()) return session.complain("contenders", "an array");
  std::set<std::string> names;
  for (std::size_t i = 0; i < list->size(); ++i) {
    Fields fields((*list)[i], fmt::format("contenders[{}]", i), session.complaint());
    BenchContender& contender = to.emplace_back();
    fields.text("name", contender.name);
    fields.text("title", contender.title);
    fields.texts("facts", contender.facts);
    if (const Json* json = fields.need("samples")) {
      Fields samples(*json, fields.path_of("samples"), session.complaint());
      read_samples(samples, contender.samples);
      samples.finish();
    }
    fields.finish();
    if (!names.insert(contender.name).second) fields.complain("name", "another than those before it");
  }
}

void read_noise(Fields& session, BenchNoise& noise) {
  const Json* json = session.need("noise");
  if (json == nullptr) return;
  Fields fields(*json, "noise", session.complaint());
  if (const Json* value = fields.find("pressure")) fields.amount(*value, "pressure", noise.pressure.emplace());
  if (const Json* value = fields.find("steal")) fields.amount(*value, "steal", noise.steal.emplace());
  if (const Json* value = fields.need("load_before")) fields.amount(*value, "load_before", noise.load_before);
  if (const Json* value = fields.need("load_after")) fields.amount(*value, "load_after", noise.load_after);
  fields.finish();
}

void read_session(Fields& fields, BenchSession& session) {
  std::string schema, mode;
  fields.text("schema", schema);
  fields.text("tool_version", session.tool_version);
  fields.text("started", session.started);
  fields.texts("host", session.host);
  fields.texts("fingerprint", session.fingerprint);
  fields.texts("git", session.git);
  fields.text("mode", mode);
  if (const auto known = bench_mode_named(mode))
    session.mode = *known;
  else
    fields.complain("mode", "one of sequential, staggered, burst");
  fields.count("at_once", session.at_once);
  fields.count("gap_ns", session.gap);
  fields.count("seed", session.seed);
  fields.count("rounds", session.rounds);
  fields.count("warm_ups", session.warm_ups);
  read_contenders(fields, session.contenders);
  read_noise(fields, session.noise);
  fields.count("wall_ns", session.wall);
  fields.flag("interrupted", session.interrupted);
  fields.finish();
}

}  // namespace

Result<BenchSession> session_from_line(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  if (json.is_discarded()) return fail("the session is not JSON", Fault::usage);
  if (!json.is_object() || !json.contains("schema")) return fail("the session has no schema", Fault::usage);
  if (json["schema"] != kBenchSchema) {
    const std::string schema = json["schema"].dump(-1, ' ', false, Json::error_handler_t::replace);
    return fail(fmt::format("the session's schema is {}, not \"{}\"", safe_line(schema, 80), kBenchSchema),
                Fault::usage);
  }
  BenchSession session;
  std::string complaint;
  Fields fields(json, "", complaint);
  read_session(fields, session);
  if (!complaint.empty()) return fail("in the session, " + complaint, Fault::usage);
  return session;
}

}  // namespace bottle
