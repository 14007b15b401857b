// A container that lives as long as we hold its stdin: killed, we let go of it, and it ends and is removed (--rm).
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "backends/docker/engine.h"
#include "harness/fd.h"

namespace bottle::docker {

class Held {
 public:
  // `log` gets its stderr. The container may not be there yet: see await_line().
  static Result<Held> start(const Engine& engine, const Words& arguments, const std::filesystem::path& log);

  // Waits until it says one line on stdout. An error is in the words of the engine, or of the program in it.
  Result<std::string> await_line(std::chrono::milliseconds limit);
  Fd& input() { return process_.input(); }
  Fd& output() { return process_.output(); }
  void let_go() { process_.input().reset(); }
  bool ended(std::chrono::milliseconds limit) { return process_.wait(limit).has_value(); }
  Error explain(Error error) const;  // with the last line of its log

 private:
  Held(Process process, std::filesystem::path log) : process_(std::move(process)), log_(std::move(log)) {}
  Process process_;
  std::filesystem::path log_;
};

std::string last_line_of(const std::filesystem::path& log);  // see reason_in()

}  // namespace bottle::docker
