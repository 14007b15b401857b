// Runs bottle-verify as a user would, and reads the record that it leaves.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "harness/process.h"
#include "harness/record.h"

namespace bottle {

inline std::string program_path() { return BOTTLE_BUILD_DIR "/bottle-verify"; }

// A directory of the test's own, gone with it.
class Scratch {
 public:
  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "bottle-cli-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return *this / name;
  }

 private:
  std::filesystem::path path_;
};

struct Ran {
  int code = -1;
  std::string out, err;
};

inline Environment test_environment() {
  Environment environment = {
      {"PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}, {"HOME", "/tmp"}, {"CI", "true"}};
  for (const char* kept : {"TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "DOCKER_HOST", "DOCKER_CONFIG"}) {
    if (const char* value = std::getenv(kept)) environment[kept] = value;
  }
  return environment;
}

inline Ran run_command_line(const std::vector<std::string>& argv, const std::string& directory,
                            std::chrono::seconds limit) {
  const auto result =
      run_process({.argv = argv, .environment = test_environment(), .directory = directory}, {.timeout = limit});
  if (!result) return {-1, "", result.error().what};
  const auto* exited = std::get_if<Exited>(&result->ending);
  return {exited == nullptr ? -1 : exited->code, result->out, result->err};
}

inline Ran run_program(std::vector<std::string> arguments, const std::string& directory = {},
                       std::chrono::seconds limit = std::chrono::seconds(60)) {
  arguments.insert(arguments.begin(), program_path());
  return run_command_line(arguments, directory, limit);
}

inline Result<RunRecord> read_record_file(const std::string& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return record_from_json(text.str());
}

// False (and the test ends) when this machine cannot run the default backend and CI does not insist that it can.
inline bool can_run_bottles() {
  static const bool can = run_program({"doctor", "--backend", "namespaces"}).code == 0;
  const char* required = std::getenv("BOTTLE_REQUIRE");
  if (!can && required != nullptr && std::string(required).find("namespaces") != std::string::npos) {
    ADD_FAILURE() << "BOTTLE_REQUIRE names namespaces, and it cannot run here: see bottle-verify doctor";
  }
  return can;
}

#define BOTTLE_NEEDS_BOTTLES() \
  if (!can_run_bottles()) GTEST_SKIP() << "the namespaces backend cannot run here: see bottle-verify doctor"

}  // namespace bottle
