// A bottle whose agent lives in a microVM and whose bundle is a container: the machine reaches the host, and of it the
// bundle's doors alone.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "backends/docker/surrounded_bottle.h"
#include "backends/smolmachines/alias_pool.h"
#include "backends/smolmachines/machine.h"

namespace bottle::smolmachines {

inline constexpr char kNoPlaceBehind[] = "a microVM has no place of ours behind its walls";

// What a launch needs to know of the agent's side.
struct AgentSide {
  Smolvm smolvm;
  Home home = {};
  MachineSpec machine = {};
  Alias alias = {};           // held as long as the bottle lives; none: the bundle stands on a bridge
  bool patch = true;          // see Machine::secure()
  std::string resolver = {};  // what the guest's resolv.conf says; empty: smolvm's choice
  std::string heard_at = {};  // an address of the lab's internet where this host has to be heard
};

class MachineBottle final : public docker::SurroundedBottle {
 public:
  MachineBottle(docker::Engine engine, docker::Containers containers, AgentSide agent, Environment agent_environment);
  ~MachineBottle() override;

  // What this took, less the time in which a command of smolvm's or the engine's was under way, is the lifecycle's.
  Result<void> as_lifecycle(const std::function<Result<void>()>& part);

  Result<ExecResult> exec(Place place, const Command& command, const ExecLimits& limits) override;
  std::map<std::string, std::string> facts() const override;

 private:
  // From nothing to a guest that answers and has its files.
  Result<void> start_agent(const std::vector<AgentFile>& files, Stopwatch& phases) override;
  Result<void> put_files(const std::vector<AgentFile>& files) override;
  Result<void> look_at_lab(const LabConfig& lab) override;
  Result<void> take_down() override;

  AgentSide agent_;
  Machine machine_;
  Environment agent_environment_;
  std::chrono::nanoseconds beyond_commands_{0};
};

}  // namespace bottle::smolmachines
