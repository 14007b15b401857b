// A bottle of containers, running: the agent, the keeper of its network, and what stands around them.
#pragma once

#include <future>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "backends/docker/surroundings.h"
#include "harness/bottle.h"

namespace bottle::docker {

class DockerBottle final : public Bottle {
 public:
  DockerBottle(Engine engine, Containers containers, Environment agent_environment);
  ~DockerBottle() override;

  Surroundings& around() { return around_; }
  Result<void> start_agent(const std::vector<AgentFile>& files);
  // Calls it in a thread of its own, which ends before this bottle does.
  void run_beside(std::function<void(Bottle&)> work);

  Result<ExecResult> exec(Place place, const Command& command, const ExecLimits& limits) override;
  Result<void> put_file(const AgentFile& file) override { return put_files({file}); }
  Lab& lab() override { return around_.lab(); }
  std::map<std::string, std::string> facts() const override;
  bool listening(int tcp_port) const override { return around_.listening(tcp_port); }
  Result<void> end_bundle() override;
  Result<void> stop() override;

 private:
  Room room_of(Place place) const;
  Result<void> put_files(const std::vector<AgentFile>& files) const;

  Surroundings around_;
  Environment agent_environment_;
  std::mutex stopping_;
  bool stopped_ = false;
  std::future<void> beside_;  // last, so that it is waited for while all else is still there
};

}  // namespace bottle::docker
