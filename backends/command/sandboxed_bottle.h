// A bottle whose walls are somebody else's: each exec in the agent's place is a run of the sandbox, on a host that is
// ours (namespaces/host_root.h), with the lab's internet around it.
#pragma once

#include <future>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "backends/command/description.h"
#include "backends/command/fill.h"
#include "backends/namespaces/running_bottle.h"
#include "harness/bottle.h"

namespace bottle::command {

// What of one launch every exec needs.
struct Surroundings {
  Values values = {};            // of the placeholders
  Environment agent = {};        // the agent's own environment
  Environment host = {};         // what the sandbox's user has in his
  Fd handed_down = {};           // and what he has open
  std::string echo_socket = {};  // the echo's abstract name
  int echo_port = 0;
  bool echo_inside = false;  // Addresses::echo_inside
};

class SandboxedBottle final : public Bottle {
 public:
  SandboxedBottle(std::unique_ptr<warden::RunningBottle> host, Description description, Surroundings surroundings);
  ~SandboxedBottle() override;

  // Files and `create`; then a first exec, so that a sandbox which does not start here is an error and no puzzle.
  Result<void> create();
  void run_beside(std::function<void(Bottle&)> work);

  Result<ExecResult> exec(Place place, const Command& command, const ExecLimits& limits) override;
  Result<void> put_file(const AgentFile& file) override;
  Lab& lab() override { return host_->lab(); }
  bool listening(int tcp_port) const override;
  Result<void> end_bundle() override { return host_->end_bundle(); }
  Result<void> stop() override;

 private:
  Result<ExecResult> exec_in_sandbox(const Command& command, const ExecLimits& limits);
  Result<ExecResult> exec_on_host(Command command, const ExecLimits& limits);
  Result<std::string> step(const std::string& what, const std::vector<std::string>& words, const Values& values,
                           const std::string& input = {});
  Result<void> take_down();

  std::unique_ptr<warden::RunningBottle> host_;
  Description description_;
  Surroundings surroundings_;
  std::set<int> own_ports_;  // of a bundle that the sandbox brings itself
  std::mutex stopping_;
  bool created_ = false, stopped_ = false;
  std::future<void> beside_;  // last, so that it is waited for while all else is still there
};

}  // namespace bottle::command
