// Runs the real bottle-prober on a batch and reads its lines.
#pragma once

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace bottle::testing {

using Json = nlohmann::json;

inline const std::string kProber = BOTTLE_BUILD_DIR "/libexec/bottle-prober";

struct ProberRun {
  int exit = -1;  // 128 + signal; -1: it had to be killed
  std::string out = {}, err = {};
  std::chrono::milliseconds wall{0};
  std::vector<Json> lines = {};  // without the marks
  Json start = {}, end = {};

  // The one line of this nonce; the test fails when there is not exactly one.
  Json line(const std::string& nonce) const;
};

// Runs `argv` with this on its stdin. The environment is the test's own with `environment` laid over it.
ProberRun run_with_input(const std::vector<std::string>& argv, const std::string& input,
                         const std::map<std::string, std::string>& environment = {});

struct BatchWish {
  int deadline_ms = 12'000;
  int workers = 32;
  std::vector<std::string> secrets = {};
  std::vector<std::string> argv = {kProber};
  std::map<std::string, std::string> environment = {};
};
// Also checks what holds of every batch: exit 0, both marks, one line for each action.
ProberRun run_batch(const Json& actions, const BatchWish& wish = {});

// Runs this one action and returns its line.
Json run_action(Json action);

std::string base64(const std::string& bytes);
// What the reply's head holds.
std::string head_of(const Json& line);
// "argv", "connect,request" ...
std::string sent_by(const Json& line);

// A private directory that is removed.
class TempDirectory {
 public:
  TempDirectory();
  ~TempDirectory();
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }
  std::string write(const std::string& name, const std::string& bytes) const;  // its path

 private:
  std::string path_;
};

}  // namespace bottle::testing
