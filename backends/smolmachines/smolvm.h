// smolvm by its command line. Every call is bounded in time; what it says on stderr becomes one line of an error.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "backends/docker/engine.h"
#include "backends/smolmachines/home.h"
#include "backends/smolmachines/version.h"
#include "harness/exec.h"
#include "harness/result.h"

namespace bottle::smolmachines {

using Words = std::vector<std::string>;

// How long it may take. What takes longer hangs: it is killed, and the error names it.
struct Limits {
  using Time = std::chrono::milliseconds;
  Time version{10'000};
  Time answer{30'000};  // ls, stop, delete
  Time start{60'000};   // create and start; its own limit is 30 s
  Time ready{30'000};   // a guest that is up, until it carries out an errand
  Time copy{60'000};
  Time pack{300'000};
  Time margin{10'000};     // around what a command in a guest may take: for smolvm, and once more for us
  Time impatience{5'000};  // for each command that comes after one which hung
};

inline constexpr char kHowToGet[] = "see smolmachines.com; its install script puts smolvm into ~/.local/bin";

class Smolvm {
 public:
  // `program`: found in PATH. Fault::unavailable: there is none, or it does not tell its version.
  static Result<Smolvm> find(const std::string& program = "smolvm", const Limits& limits = {});
  Smolvm(std::filesystem::path program, Version version, const Limits& limits = {})
      : program_(std::move(program)), version_(version), limits_(limits) {}

  const std::filesystem::path& program() const { return program_; }
  const Version& version() const { return version_; }
  Family family() const { return family_of(version_); }
  const Limits& limits() const { return limits_; }

  // To its end; its stdout. An Error is in smolvm's own words, without "Error: "; Fault::unavailable where they name
  // what this host lacks. Once a command has hung, none of the later ones has more than Limits::impatience: so not each
  // step of an end has to wait for its own.
  Result<std::string> run(const Home& home, const Words& words, std::chrono::milliseconds limit) const;
  Result<std::string> run(const Home& home, const Words& words) const { return run(home, words, limits_.answer); }
  // The same, however it ends.
  Result<ExecResult> run_raw(const Home& home, const Words& words, const ExecLimits& limits) const;

  // From now on its commands count as what is waited for, too.
  void count_in(std::shared_ptr<docker::BusyTime> busy) { busy_ = std::move(busy); }

 private:
  std::filesystem::path program_;
  Version version_;
  Limits limits_;
  std::shared_ptr<docker::BusyTime> busy_ = std::make_shared<docker::BusyTime>();
  std::shared_ptr<std::atomic<bool>> hangs_ = std::make_shared<std::atomic<bool>>(false);  // of all copies
};

// "smolvm machine create": what an error calls a command line.
std::string name_of_call(const Words& words);

// Why it failed: the line that begins with "Error: " and what follows it, in one line; else its last line.
std::string reason_in(const std::string& said);

}  // namespace bottle::smolmachines
