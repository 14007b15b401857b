// The record to JSON and back. The reader is strict: every field must be there, of its kind, and no other.
#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/record.h"
#include "harness/record_fields.h"
#include "harness/safe_text.h"

namespace bottle {
namespace {

using Json = nlohmann::ordered_json;
using record_fields::describe;

// Text is made safe here as well: whoever filled the record, writing it out cannot fail and cannot carry control
// characters.
class Writer {
 public:
  template <class T>
  using Of = const T;

  explicit Writer(Json& to) : to_(to) { to_ = Json::object(); }

  template <class T>
  void field(const char* key, const T& value) {
    to_[key] = json_of(value);
  }
  template <class T>
  void field(const char* key, const std::optional<T>& value) {
    if (value) field(key, *value);
  }
  template <class Inside>
  void group(const char* key, Inside inside) {
    Writer in(to_[key]);
    inside(in);
  }

 private:
  static Json json_of(const std::string& text) { return safe_text(text); }
  static Json json_of(bool value) { return value; }
  static Json json_of(int value) { return value; }
  static Json json_of(std::int64_t value) { return value; }
  static Json json_of(Verdict value) { return name_of(value); }
  static Json json_of(Disposition value) { return name_of(value); }
  static Json json_of(Layer value) { return name_of(value); }
  static Json json_of(Strength value) { return name_of(value); }
  static Json json_of(Word value) { return name_of(value); }
  static Json json_of(const std::map<std::string, std::string>& map) {
    std::map<std::string, std::string> safe;  // in the order of what is written, as it will be read
    for (const auto& [key, value] : map) safe.emplace(safe_text(key), safe_text(value));
    Json json = Json::object();
    for (const auto& [key, value] : safe) json[key] = value;
    return json;
  }
  template <class T>
  static Json json_of(const std::vector<T>& list) {
    Json json = Json::array();
    for (const T& item : list) json.push_back(json_of(item));
    return json;
  }
  template <class T>
  static Json json_of(const T& structure) {
    Json json;
    Writer in(json);
    describe(in, structure);
    return json;
  }

  Json& to_;
};

// Keeps the first complaint; after it nothing is read any more. Every field must be there, and no other.
class Reader {
 public:
  template <class T>
  using Of = T;

  Reader(const Json& from, std::string path, std::string& complaint)
      : from_(from), path_(std::move(path)), complaint_(complaint) {
    if (!from_.is_object()) complain(path_.empty() ? "the record" : path_, "an object");
  }

  template <class T>
  void field(const char* key, T& value) {
    if (const Json* json = find(key, true)) read(*json, path_of(key), value);
  }
  template <class T>
  void field(const char* key, std::optional<T>& value) {
    if (const Json* json = find(key, false)) read(*json, path_of(key), value.emplace());
  }
  template <class Inside>
  void group(const char* key, Inside inside) {
    if (const Json* json = find(key, true)) {
      Reader in(*json, path_of(key), complaint_);
      inside(in);
      in.finish();
    }
  }
  void finish() {
    if (!complaint_.empty()) return;
    for (const auto& item : from_.items()) {
      if (!known_.contains(item.key())) complaint_ = path_of(safe_line(item.key(), 80)) + " is not a field of a record";
    }
  }

 private:
  std::string path_of(std::string_view key) const {
    return fmt::format("{}{}{}", path_, path_.empty() ? "" : ".", key);
  }

  void complain(const std::string& path, std::string_view wanted) {
    if (complaint_.empty()) complaint_ = fmt::format("{} must be {}", path, wanted);
  }

  const Json* find(const char* key, bool required) {
    if (!complaint_.empty()) return nullptr;
    known_.insert(key);
    const auto found = from_.find(key);
    if (found != from_.end()) return &*found;
    if (required) complaint_ = path_of(key) + " is missing";
    return nullptr;
  }

  void read(const Json& json, const std::string& path, std::string& value) {
    if (!json.is_string()) return complain(path, "a string");
    value = safe_text(json.get_ref<const std::string&>());
  }
  void read(const Json& json, const std::string& path, bool& value) {
    if (!json.is_boolean()) return complain(path, "true or false");
    value = json.get<bool>();
  }
  template <class Number>
  void read_number(const Json& json, const std::string& path, Number& value) {
    constexpr auto kMost = std::numeric_limits<Number>::max();
    const bool fits = json.is_number_unsigned()
                          ? json.get<std::uint64_t>() <= static_cast<std::uint64_t>(kMost)
                          : json.is_number_integer() && json.get<std::int64_t>() >= std::numeric_limits<Number>::min();
    if (!fits) return complain(path, fmt::format("an integer of at most {}", kMost));
    value = json.get<Number>();
  }
  void read(const Json& json, const std::string& path, int& value) { read_number(json, path, value); }
  void read(const Json& json, const std::string& path, std::int64_t& value) { read_number(json, path, value); }

  template <class T>
  void read_name(const Json& json, const std::string& path, T& value, std::optional<T> (*named)(std::string_view),
                 std::string_view kind) {
    const auto known = json.is_string() ? named(json.get_ref<const std::string&>()) : std::nullopt;
    if (!known) return complain(path, kind);
    value = *known;
  }
  void read(const Json& json, const std::string& path, Verdict& value) {
    read_name(json, path, value, verdict_named, "a verdict");
  }
  void read(const Json& json, const std::string& path, Disposition& value) {
    read_name(json, path, value, disposition_named, "a disposition");
  }
  void read(const Json& json, const std::string& path, Strength& value) {
    read_name(json, path, value, strength_named, "a strength");
  }
  void read(const Json& json, const std::string& path, Layer& value) {
    read_name(json, path, value, layer_named, "a layer");
  }
  void read(const Json& json, const std::string& path, Word& value) {
    read_name(json, path, value, word_named, "one of nobody, agent, bundle, sink, harness");
  }

  void read(const Json& json, const std::string& path, std::map<std::string, std::string>& map) {
    if (!json.is_object()) return complain(path, "an object");
    for (const auto& item : json.items()) {
      read(item.value(), path + "." + safe_line(item.key(), 80), map[safe_text(item.key())]);
    }
  }
  template <class T>
  void read(const Json& json, const std::string& path, std::vector<T>& list) {
    if (!json.is_array()) return complain(path, "an array");
    for (std::size_t i = 0; i < json.size() && complaint_.empty(); ++i) {
      read(json[i], fmt::format("{}[{}]", path, i), list.emplace_back());
    }
  }
  template <class T>
  void read(const Json& json, const std::string& path, T& structure) {
    Reader in(json, path, complaint_);
    describe(in, structure);
    in.finish();
  }

  const Json& from_;
  std::string path_;
  std::string& complaint_;
  std::set<std::string, std::less<>> known_ = {};
};

// A record whose sums are not those of its findings was edited or cut.
bool same(const Totals& a, const Totals& b) {
  return a.contained == b.contained && a.leaked == b.leaked && a.inconclusive == b.inconclusive &&
         a.not_applicable == b.not_applicable && a.error == b.error;
}

// What only a bug or an edit can bring about: a finding that is called contained without all five conditions.
std::string unproven(const RunRecord& record) {
  for (std::size_t i = 0; i < record.findings.size(); ++i) {
    const Conditions& c = record.findings[i].conditions;
    const bool proven = c.tried.met && c.could_have.met && c.would_show.met && c.was_not.met && c.refused.met;
    if (record.findings[i].verdict == Verdict::contained && !proven) {
      return fmt::format("findings[{}] is called contained, but not all of its conditions are met", i);
    }
    if (record.findings[i].verdict != Verdict::leaked && record.findings[i].waived)
      return fmt::format("findings[{}] is waived, but no leak", i);
  }
  return "";
}

}  // namespace

nlohmann::ordered_json to_json(const RunRecord& record) {
  record_fields::Header header;
  header.totals = totals_of(record);
  Json json;
  Writer writer(json);
  describe(writer, record, header);
  return json;
}

Result<RunRecord> record_from_json(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return fail("the record is not JSON", Fault::usage);
  if (!json.is_object() || !json.contains("schema")) return fail("the record has no schema", Fault::usage);
  if (json["schema"] != kRecordSchema) {
    return fail(
        fmt::format("the record's schema is {}, not \"{}\"",
                    safe_line(json["schema"].dump(-1, ' ', false, Json::error_handler_t::replace), 80), kRecordSchema),
        Fault::usage);
  }
  RunRecord record;
  record_fields::Header header;
  std::string complaint;
  Reader reader(json, "", complaint);
  describe(reader, record, header);
  reader.finish();
  if (complaint.empty() && header.tool != "bottle-verify") complaint = "tool.name must be \"bottle-verify\"";
  if (complaint.empty() && !same(header.totals, totals_of(record))) complaint = "totals are not those of the findings";
  if (complaint.empty()) complaint = unproven(record);
  if (!complaint.empty()) return fail("in the record, " + complaint, Fault::usage);
  return record;
}

}  // namespace bottle
