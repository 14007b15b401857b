#include "probes/fields.h"

#include "probes/bytes.h"

namespace bottle::prober {

const nlohmann::json* Fields::at(const char* key) const {
  if (!object_.is_object()) return nullptr;
  const auto found = object_.find(key);
  return found == object_.end() ? nullptr : &*found;
}

void Fields::complain(const std::string& what) {
  if (wrong_.empty()) wrong_ = what;
}

Trouble Fields::trouble() const { return wrong_.empty() ? Trouble{} : Trouble{"BADACTION", wrong_}; }

std::string Fields::text_of(const char* key, const nlohmann::json& value) {
  // A NUL would cut a path or an argument short without a word.
  if (value.is_string() && value.get_ref<const std::string&>().find('\0') == std::string::npos) {
    return value.get<std::string>();
  }
  complain(std::string(key) + ": not a text");
  return {};
}

std::string Fields::text(const char* key) {
  if (const nlohmann::json* value = at(key)) return text_of(key, *value);
  complain(std::string(key) + ": missing");
  return {};
}

std::string Fields::text(const char* key, const std::string& otherwise) {
  const nlohmann::json* value = at(key);
  return value == nullptr ? otherwise : text_of(key, *value);
}

bool Fields::flag(const char* key, bool otherwise) {
  const nlohmann::json* value = at(key);
  if (value == nullptr) return otherwise;
  if (!value->is_boolean()) complain(std::string(key) + ": not true or false");
  return value->is_boolean() ? value->get<bool>() : otherwise;
}

int Fields::port(const char* key) {
  if (at(key) == nullptr) complain(std::string(key) + ": missing");
  return port(key, 1);
}

int Fields::port(const char* key, int otherwise) {
  const nlohmann::json* value = at(key);
  if (value == nullptr) return otherwise;
  const std::int64_t number = value->is_number_integer() ? value->get<std::int64_t>() : 0;
  if (number >= 1 && number <= 65535) return static_cast<int>(number);
  complain(std::string(key) + ": not in 1..65535");
  return otherwise;
}

std::chrono::milliseconds Fields::milliseconds(const char* key, int otherwise) {
  const nlohmann::json* value = at(key);
  if (value == nullptr) return std::chrono::milliseconds(otherwise);
  const std::int64_t number = value->is_number_integer() ? value->get<std::int64_t>() : -1;
  if (number >= 0 && number <= 600'000) return std::chrono::milliseconds(number);
  complain(std::string(key) + ": not in 0..600000");
  return std::chrono::milliseconds(otherwise);
}

std::string Fields::bytes(const char* key) {
  const nlohmann::json* value = at(key);
  if (value == nullptr) return {};
  if (value->is_string()) {
    if (auto decoded = from_base64(value->get_ref<const std::string&>())) return *std::move(decoded);
  }
  complain(std::string(key) + ": not base64");
  return {};
}

}  // namespace bottle::prober
