// A bottle of containers, running: two networks, the lab, the keepers of the agent's and the bundle's network, the
// agent, the bundle, and a client outside.
#pragma once

#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "backends/docker/bundle_container.h"
#include "backends/docker/containers.h"
#include "backends/docker/held.h"
#include "backends/namespaces/host_lab.h"
#include "harness/bottle.h"
#include "harness/stopwatch.h"

namespace bottle::docker {

class DockerBottle final : public Bottle {
 public:
  DockerBottle(Engine engine, Containers containers, Environment agent_environment);
  ~DockerBottle() override;

  // The steps of a launch, in this order. What of one step can be done side by side is.
  Result<void> make_networks();
  Result<void> start_containers(const std::vector<AgentFile>& files);  // all but the bundle's
  Result<void> open_lab(const LabConfig& config, const std::filesystem::path& lab_program);
  Result<void> start_bundle(const BundleProgram& program) { return bundle_.start(program); }
  Result<void> await_bundle(const std::vector<int>& ports, std::chrono::milliseconds limit);
  // Calls it in a thread of its own, which ends before this bottle does.
  void run_beside(std::function<void(Bottle&)> work);

  Result<ExecResult> exec(Place place, const Command& command, const ExecLimits& limits) override;
  Result<void> put_file(const AgentFile& file) override { return put_files({file}); }
  Lab& lab() override { return *lab_; }
  std::map<std::string, std::string> facts() const override;
  bool listening(int tcp_port) const override { return listening_.contains(tcp_port); }
  Result<void> end_bundle() override;
  Result<void> stop() override;

 private:
  struct Room;  // where in the containers a place is
  Result<Room> room_of(Place place) const;
  Result<ExecResult> exec_in(const Room& room, const Command& command, const ExecLimits& limits,
                             const std::vector<AgentFile>& files) const;
  Result<void> put_files(const std::vector<AgentFile>& files) const;
  Result<void> make_volume();
  Result<void> hold(const char* role, const Words& words);
  Result<void> hold_ready(const char* role, const Words& words);
  Result<void> start_bundle_net();
  Result<void> start_agent(const std::vector<AgentFile>& files);
  Result<void> open_canaries(const LabConfig& config, const std::filesystem::path& lab_program);
  Result<void> remove_all();

  Engine engine_;
  Containers containers_;
  Environment agent_environment_;
  std::mutex holding_;
  std::map<std::string, Held> held_;  // by role
  std::optional<warden::HostLab> host_lab_;
  std::optional<Lab> lab_;
  BundleContainer bundle_;
  std::set<int> listening_;
  std::mutex stopping_;
  bool stopped_ = false;
  std::future<void> beside_;  // last, so that it is waited for while all else is still there
};

}  // namespace bottle::docker
