// A container engine by its command line: docker, podman or nerdctl, with the contexts and hosts that the user has.
// Every call is bounded in time; what the engine says on stderr becomes one line of an error.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "harness/exec.h"
#include "harness/process.h"
#include "harness/result.h"

namespace bottle::docker {

using Words = std::vector<std::string>;

// How long at least one command of the engine was under way; shared by the copies of an Engine.
class BusyTime {
 public:
  void begin();
  void end();
  std::chrono::nanoseconds total() const;

 private:
  mutable std::mutex mutex_;
  int running_ = 0;
  std::chrono::steady_clock::time_point since_ = {};
  std::chrono::nanoseconds total_{0};
};

// Counts as long as it lives.
class Busy {
 public:
  explicit Busy(BusyTime& time) : time_(time) { time_.begin(); }
  ~Busy() { time_.end(); }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  BusyTime& time_;
};

class Engine {
 public:
  explicit Engine(std::string program);

  const std::string& program() const { return program_; }  // "docker"
  bool is_podman() const { return program_.ends_with("podman"); }
  // To the end; its stdout without the last line's end. Fault::unavailable: no such program, or no daemon answers;
  // Fault::timeout: it hangs, and was killed; Fault::failed: it refused, in its own words. Whoever has waited for an
  // engine in vain once waits no more than kImpatience for what comes after.
  Result<std::string> run(const Words& arguments, const std::string& input = {},
                          std::chrono::milliseconds limit = kPatience) const;
  // The same, as bytes and however it ends.
  Result<ExecResult> run_raw(const Words& arguments, const std::string& input, const ExecLimits& limits) const;
  // Started, and attached to what it runs: stdin and stdout are pipes, stderr (and stdout, if >= 0) go there.
  Result<Process> attach(const Words& arguments, int stderr_to, int stdout_to = -1) const;

  std::chrono::nanoseconds busy() const { return busy_->total(); }
  BusyTime& busy_time() const { return *busy_; }  // for what is waited for elsewhere
  std::shared_ptr<BusyTime> shared_busy_time() const { return busy_; }

  static constexpr std::chrono::seconds kPatience{30}, kImpatience{5};

 private:
  Command command(const Words& arguments, const std::string& input) const;
  std::string program_;
  std::shared_ptr<BusyTime> busy_ = std::make_shared<BusyTime>();
  std::shared_ptr<std::atomic<bool>> hangs_ = std::make_shared<std::atomic<bool>>(false);
};

// Whether an engine's words say that nobody answers: then it is Fault::unavailable.
bool tells_of_absence(const std::string& said);

// "docker network create": what an error calls a command line.
std::string name_of_call(const std::string& program, const Words& arguments);

// Of what an engine said on stderr the line that tells why: without its name, "Error response from daemon:" and the
// advice to read --help. At most 300 characters.
std::string reason_in(const std::string& said);

}  // namespace bottle::docker
