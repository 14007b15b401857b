// A bottle of namespaces, running: the warden, the lab in it, the bundle, and execs in any of the places.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "backends/namespaces/canaries.h"
#include "backends/namespaces/forwarder.h"
#include "backends/namespaces/network_plan.h"
#include "backends/namespaces/warden_client.h"
#include "harness/bottle.h"

namespace bottle::warden {

// Notes the steps of a launch.
class PhaseLog {
 public:
  std::int64_t now() const { return now_ns() - began_; }
  void add(const std::string& name, std::int64_t start) { phases_.push_back({name, start, now() - start}); }
  void add_absolute(const std::string& name, std::int64_t from, std::int64_t took) {
    phases_.push_back({name, from - began_, took});
  }
  std::vector<Phase> in_order() &&;

 private:
  std::int64_t began_ = now_ns();
  std::vector<Phase> phases_;
};

// What of the host comes in through a bottle's holes: nothing, into a sound one.
struct LetIn {
  std::filesystem::path directory = {};  // mounted writable; empty: none
  Environment environment = {};          // inherited, laid under the agent's own
  Fd handed_down = {};                   // inherited open; invalid: none
  bool abstract_socket = false;
};

// The agent's place as a host for sandboxes that make walls of their own (host_root.h).
struct SandboxHost {
  bool as_root = false;
  std::vector<std::string> keep = {};
  std::filesystem::path canary = {}, canary_at = {};
};

// What of a place is not as usual.
struct Furnishing {
  std::optional<SandboxHost> host = {};
  std::vector<AgentFile> files = {};  // there from the beginning
  bool alone = false;                 // LaunchInputs::walls_alone
};

// Before its client is told anything, an exec gets the echo into that client's network (echo_keeper.h).
struct EchoWish {
  std::string client = {};  // a file that was put, and that it executes; none: no echo is wanted
  int port = 0;
  std::string abstract = {};
};

class RunningBottle final : public Bottle {
 public:
  RunningBottle(WardenClient warden, Environment agent_environment, LetIn let_in);
  ~RunningBottle() override;

  // The steps of a launch, in this order.
  Result<void> start_lab(const std::filesystem::path& program, const LabConfig& config,
                         const std::vector<Canary>& canaries, const std::filesystem::path& log);
  Result<void> build(const Plan& plan, const NetworkPlan& network, const std::vector<std::string>& keep,
                     const Furnishing& furnishing = {});
  // In the agent's network, once the links are up.
  Result<std::vector<Canary>> bind_canaries_inside(const std::vector<std::string>& wanted) const;
  Result<void> await_phase(const std::string& name,
                           PhaseLog& phases);  // "links", or "done": the agent's place is ready
  Result<void> open_lab();
  Result<void> forward(const std::vector<std::string>& canaries);  // a hole
  Result<void> start_bundle(const BundleProgram& program);
  Result<void> put_files(const std::vector<AgentFile>& files);
  Result<void> await_bundle(std::chrono::milliseconds limit);
  // Calls it in a thread of its own, which ends before this bottle does.
  void run_beside(std::function<void(Bottle&)> work);

  Result<ExecResult> exec(Place place, const Command& command, const ExecLimits& limits) override;
  // In the agent's place, with the command's environment alone.
  Result<ExecResult> exec_with_echo(const Command& command, const ExecLimits& limits, const EchoWish& echo);
  Result<void> put_file(const AgentFile& file) override;
  Lab& lab() override { return *lab_; }  // silent once the bottle is stopped
  bool listening(int tcp_port) const override { return listening_.contains(tcp_port); }
  Result<void> end_bundle() override;
  Result<void> stop() override;

 private:
  struct Program {
    int id = 0;
    Reply reply = {};
  };
  // `fds`: {number in the child, ours}
  Result<Program> spawn(const std::string& place, const Command& command, const std::vector<std::pair<int, int>>& fds,
                        const std::map<std::string, int>& networks = {});
  void kill(const Program& program, int signal) const;
  Result<Reply> ask_put_file(const AgentFile& file) const;
  Result<ExecResult> exec_in(const std::string& place, const Command& command, const ExecLimits& limits,
                             const EchoWish& echo = {});
  std::optional<Program> keep_echo(const Program& program, const EchoWish& echo, Deadline deadline);

  WardenClient warden_;
  Environment agent_environment_;
  LetIn let_in_;
  Reply launched_;
  std::optional<Lab> lab_;
  std::string lab_command_;
  std::optional<Program> lab_program_, bundle_;
  std::unique_ptr<Forwarder> forwarder_;
  std::vector<int> bundle_ports_;
  std::set<int> listening_;
  std::atomic<int> next_id_{1};
  std::mutex files_lock_;
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> files_;  // put: path -> device and inode
  std::mutex stopping_;
  bool stopped_ = false;
  std::future<void> beside_;  // last, so that it is waited for while all else is still there
};

}  // namespace bottle::warden
