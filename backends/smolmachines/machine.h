// One microVM of smolvm's: made, given its policy, looked at, started, used, and taken down. Fail closed: it is not
// started unless smolvm's own record says exactly the policy that was asked for.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "backends/docker/hand_protocol.h"
#include "backends/smolmachines/commands.h"
#include "harness/bottle.h"

namespace bottle::smolmachines {

class Machine {
 public:
  // `scratch`: a directory of the run's, for what is on its way into the guest.
  Machine(Smolvm smolvm, Home home, MachineSpec spec, std::filesystem::path scratch)
      : smolvm_(std::move(smolvm)), home_(std::move(home)), spec_(std::move(spec)), scratch_(std::move(scratch)) {}

  Result<void> create();
  // Where creating it has dropped the policy it is set in the record, unless `patch` is false.
  Result<void> secure(bool patch);
  Result<void> start();
  Result<void> await_ready();  // until it carries out an errand

  // By the hand in its image. Thread-safe.
  Result<ExecResult> exec(const Command& command, const ExecLimits& limits, const std::vector<AgentFile>& files,
                          const docker::HandOptions& options);
  // Idempotent. What is told is what smolvm had wrong. An error: it may still be there.
  Result<std::vector<std::string>> remove();

 private:
  Result<ExecResult> exec_once(const std::string& request, const ExecLimits& limits) const;

  Smolvm smolvm_;
  Home home_;
  MachineSpec spec_;
  std::filesystem::path scratch_;
  std::atomic<int> requests_ = 0;
  bool created_ = false;
};

}  // namespace bottle::smolmachines
