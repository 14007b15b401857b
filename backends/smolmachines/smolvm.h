// smolvm by its command line. Every call is bounded in time; what it says on stderr becomes one line of an error.
#pragma once

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

inline constexpr char kHowToGet[] = "see smolmachines.com; its install script puts smolvm into ~/.local/bin";

class Smolvm {
 public:
  // `program`: found in PATH. Fault::unavailable: there is none, or it does not tell its version.
  static Result<Smolvm> find(const std::string& program = "smolvm");
  Smolvm(std::filesystem::path program, Version version) : program_(std::move(program)), version_(version) {}

  const std::filesystem::path& program() const { return program_; }
  const Version& version() const { return version_; }
  Family family() const { return family_of(version_); }

  // To its end; its stdout. An Error is in smolvm's own words, without "Error: ".
  Result<std::string> run(const Home& home, const Words& words, std::chrono::milliseconds limit = kPatience) const;
  // The same, however it ends.
  Result<ExecResult> run_raw(const Home& home, const Words& words, const ExecLimits& limits) const;

  // From now on its commands count as what is waited for, too.
  void count_in(std::shared_ptr<docker::BusyTime> busy) { busy_ = std::move(busy); }

  static constexpr std::chrono::seconds kPatience{30};

 private:
  std::filesystem::path program_;
  Version version_;
  std::shared_ptr<docker::BusyTime> busy_ = std::make_shared<docker::BusyTime>();
};

// Why it failed: the line that begins with "Error: " and what follows it, in one line; else its last line.
std::string reason_in(const std::string& said);

}  // namespace bottle::smolmachines
