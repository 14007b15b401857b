// A bottle whose agent lives in a microVM and whose bundle is a container: the machine reaches the host, and of it the
// bundle's doors alone.
#pragma once

#include <future>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "backends/docker/surroundings.h"
#include "backends/smolmachines/alias_pool.h"
#include "backends/smolmachines/machine.h"
#include "harness/bottle.h"
#include "harness/stopwatch.h"

namespace bottle::smolmachines {

// What a launch needs to know of the agent's side.
struct AgentSide {
  Smolvm smolvm;
  Home home = {};
  MachineSpec machine = {};
  Alias alias = {};           // held as long as the bottle lives; none: the bundle stands on a bridge
  bool patch = true;          // see Machine::secure()
  std::string resolver = {};  // what the guest's resolv.conf says; empty: smolvm's choice
};

class MachineBottle final : public Bottle {
 public:
  MachineBottle(docker::Engine engine, docker::Containers containers, AgentSide agent, Environment agent_environment);
  ~MachineBottle() override;

  docker::Surroundings& around() { return around_; }
  // From nothing to a guest that answers and has its files.
  Result<void> start_agent(const std::vector<AgentFile>& files, Stopwatch& phases);
  void run_beside(std::function<void(Bottle&)> work);
  // What this took, less the time in which a command of smolvm's or the engine's was under way, is the lifecycle's.
  Result<void> as_lifecycle(const std::function<Result<void>()>& part);

  Result<ExecResult> exec(Place place, const Command& command, const ExecLimits& limits) override;
  Result<void> put_file(const AgentFile& file) override { return put_files({file}); }
  Lab& lab() override { return around_.lab(); }
  std::map<std::string, std::string> facts() const override;
  bool listening(int tcp_port) const override { return around_.listening(tcp_port); }
  Result<void> end_bundle() override;
  Result<void> stop() override;

 private:
  Result<void> put_files(const std::vector<AgentFile>& files);

  docker::Surroundings around_;
  AgentSide agent_;
  Machine machine_;
  Environment agent_environment_;
  std::chrono::nanoseconds beyond_commands_{0};
  std::mutex stopping_;
  bool stopped_ = false;
  std::future<void> beside_;  // last, so that it is waited for while all else is still there
};

}  // namespace bottle::smolmachines
