// Reads the fields of one action. The first one that is missing or malformed is kept, so that an action can read all of
// its fields and ask once.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "probes/errno_name.h"

namespace bottle::prober {

class Fields {
 public:
  explicit Fields(const nlohmann::json& object) : object_(object) {}

  bool has(const char* key) const { return object_.is_object() && object_.contains(key); }
  const nlohmann::json* at(const char* key) const;  // null when it is not there

  std::string text(const char* key);  // must be there
  std::string text(const char* key, const std::string& otherwise);
  bool flag(const char* key, bool otherwise);
  int port(const char* key);  // 1..65535, must be there
  int port(const char* key, int otherwise);
  std::chrono::milliseconds milliseconds(const char* key, int otherwise);
  std::string bytes(const char* key);  // base64; empty when it is not there

  void complain(const std::string& what);  // "port: missing"
  Trouble trouble() const;                 // BADACTION, or nothing

 private:
  std::string text_of(const char* key, const nlohmann::json& value);

  const nlohmann::json& object_;
  std::string wrong_ = {};
};

}  // namespace bottle::prober
