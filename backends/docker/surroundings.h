// What stands around a bottle's agent and is made of containers: two networks, the lab, the keeper of the bundle's
// network, the bundle, a client outside; and beside the harness the host's canaries.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "backends/docker/bundle_container.h"
#include "backends/docker/containers.h"
#include "backends/docker/hand_protocol.h"
#include "backends/docker/held.h"
#include "backends/namespaces/host_lab.h"
#include "harness/bottle.h"

namespace bottle::docker {

// Where a command runs: a container by its role, and as whom.
struct Room {
  const char* role = kAgent;
  const char* user = kAgentUser;
  HandOptions options = {};
};

class Surroundings {
 public:
  Surroundings(Engine engine, Containers containers);

  const Engine& engine() const { return engine_; }
  const Containers& containers() const { return containers_; }

  // The steps of a launch, in this order. What of one step can be done side by side is.
  Result<void> make_networks();
  Result<void> start(std::function<Result<void>()> agent);  // all containers but the bundle's; `agent` beside them
  Result<void> open_lab(const LabConfig& config, const std::filesystem::path& lab_program);
  Result<void> start_bundle(const BundleProgram& program) { return bundle_.start(program); }
  Result<void> await_bundle(const std::vector<int>& ports, std::chrono::milliseconds limit);

  // Starts a container that lives as long as we do, and waits until it says that it is ready. Thread-safe.
  Result<void> hold_ready(const char* role, const Words& words);
  Result<ExecResult> exec_in(const Room& room, const Command& command, const ExecLimits& limits,
                             const std::vector<AgentFile>& files) const;
  // In the places outside and bundle.
  Result<ExecResult> exec(Place place, const Command& command, const ExecLimits& limits) const;

  Lab& lab() { return *lab_; }
  bool listening(int tcp_port) const { return listening_.contains(tcp_port); }
  Result<void> end_bundle() { return bundle_.end(); }
  Result<void> stop();  // once

 private:
  Result<void> make_volume();
  Result<void> hold(const char* role, const Words& words);
  Result<void> start_lab();
  Result<void> start_bundle_net();
  Result<void> open_canaries(const LabConfig& config, const std::filesystem::path& lab_program);
  Result<void> remove_all();

  Engine engine_;
  Containers containers_;
  std::mutex holding_;
  std::map<std::string, Held> held_;  // by role
  std::optional<warden::HostLab> host_lab_;
  std::optional<Lab> lab_;
  BundleContainer bundle_;
  std::set<int> listening_;
};

// What a command reads of the host's files, to be put where it runs.
Result<std::vector<AgentFile>> files_read_by(const Command& command);

}  // namespace bottle::docker
