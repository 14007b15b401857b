#include "probes/batch.h"

namespace bottle::prober {
namespace {

using Json = nlohmann::json;

constexpr int kLongestMs = 600'000, kMostWorkers = 256;

std::string text_at(const Json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// False when it is missing, not a whole number or outside 1..most.
bool number_at(const Json& object, const char* key, int most, int& number) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) return false;
  const auto value = found->get<std::int64_t>();
  if (value < 1 || value > most) return false;
  number = static_cast<int>(value);
  return true;
}

}  // namespace

std::string read_batch(std::string_view text, Batch& batch) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return "not a JSON object";
  batch.id = text_at(json, "batch");
  if (batch.id.empty()) return "batch: missing, or not a text";
  int deadline_ms = 0;
  if (!number_at(json, "deadline_ms", kLongestMs, deadline_ms)) return "deadline_ms: missing, or not in 1..600000";
  batch.deadline = std::chrono::milliseconds(deadline_ms);
  if (!number_at(json, "workers", kMostWorkers, batch.workers)) return "workers: missing, or not in 1..256";
  if (const auto background = json.find("background"); background != json.end()) {
    if (!background->is_boolean()) return "background: neither true nor false";
    batch.background = background->get<bool>();
  }
  if (const auto secrets = json.find("secrets"); secrets != json.end()) {
    if (!secrets->is_array()) return "secrets: not a list";
    for (const Json& name : *secrets) {
      if (!name.is_string()) return "secrets: not a list of names";
      batch.secrets.push_back(name.get<std::string>());
    }
  }
  const auto actions = json.find("actions");
  if (actions == json.end() || !actions->is_array()) return "actions: missing, or not a list";
  for (const Json& action : *actions) {
    batch.actions.push_back({text_at(action, "nonce"), text_at(action, "action"), action});
  }
  return {};
}

}  // namespace bottle::prober
