// The batch: what the prober is told to do, read from stdin.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace bottle::prober {

inline constexpr const char* kProberVersion = "1";

// One action as it came; its fields are looked at only when it is tried, so that one malformed action spoils no other.
struct Action {
  std::string nonce = {};  // empty when it has none
  std::string kind = {};   // "tcp", "http" ...
  nlohmann::json fields = {};
};

struct Batch {
  std::string id = {};
  std::chrono::milliseconds deadline{0};
  int workers = 0;
  bool background = false;  // let others go first
  std::vector<std::string> secrets = {};
  std::vector<Action> actions = {};
};

// Returns what is wrong with the text; empty when nothing is.
std::string read_batch(std::string_view text, Batch& batch);

}  // namespace bottle::prober
