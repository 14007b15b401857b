// A bottle of containers, running: the agent, the keeper of its network, and what stands around them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "backends/docker/surrounded_bottle.h"

namespace bottle::docker {

class DockerBottle final : public SurroundedBottle {
 public:
  DockerBottle(Engine engine, Containers containers, Environment agent_environment);
  ~DockerBottle() override;

  Result<ExecResult> exec(Place place, const Command& command, const ExecLimits& limits) override;
  std::map<std::string, std::string> facts() const override;

 private:
  Result<void> start_agent(const std::vector<AgentFile>& files, Stopwatch& phases) override;
  Result<void> put_files(const std::vector<AgentFile>& files) override;
  Result<void> take_down() override { return around().stop(); }
  Room room_of(Place place) const;

  Environment agent_environment_;
};

}  // namespace bottle::docker
