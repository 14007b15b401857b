#include "backends/docker/docker_bottle.h"

#include <fmt/format.h>

#include "harness/file.h"
#include "harness/process.h"

namespace bottle::docker {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFileLimit{20'000};
constexpr char kHostProgram[] = "/run/bottle/host-program";  // one of the host's, behind the agent's walls

}  // namespace

DockerBottle::DockerBottle(Engine engine, Containers containers, Environment agent_environment)
    : SurroundedBottle(std::move(engine), std::move(containers)), agent_environment_(std::move(agent_environment)) {}

DockerBottle::~DockerBottle() { static_cast<void>(stop()); }

Result<void> DockerBottle::start_agent(const std::vector<AgentFile>& files, Stopwatch&) {
  const Engine& engine = around().engine();
  const Containers& containers = around().containers();
  const Words connect = containers.connect_agent_net();
  Words keeper = containers.run_agent_net();
  if (!connect.empty()) {
    if (auto created = engine.run(keeper); !created) return fail(created.error());
    if (auto connected = engine.run(connect); !connected) return fail(connected.error());
    keeper = containers.start(kAgentNet);
  }
  if (auto up = around().hold_ready(kAgentNet, keeper); !up) return up;
  if (auto up = around().hold_ready(kAgent, containers.run_agent()); !up) return up;
  return put_files(files);
}

// gVisor's network is its own: what is in the namespace that it was given has no address any more. There the harness
// goes behind the walls by a program of its own in the agent's container.
Room DockerBottle::room_of(Place place) const {
  if (place == Place::agent) return {kAgent, kAgentUser, {.base = true, .kills = HandKills::everybody}};
  if (place == Place::agent_walls) return {kAgent, kAgentUser, {.base = true}};
  return {around().containers().own_network_stack() ? kAgent : kAgentNet, kNobody, {}};
}

Result<ExecResult> DockerBottle::exec(Place place, const Command& command, const ExecLimits& limits) {
  if (place == Place::host) return run_process(command, limits);
  if (place == Place::outside || place == Place::bundle) return around().exec(place, command, limits);
  const bool own_stack = around().containers().own_network_stack();
  const bool in_network = place == Place::agent_network;
  Command whole = command;
  std::vector<AgentFile> files;
  if (!in_network)
    whole.environment.insert(agent_environment_.begin(), agent_environment_.end());  // what is there stays
  if (place == Place::agent_walls || (in_network && own_stack)) {
    // Nobody may read it, so nobody can look into the process that it becomes. gVisor executes only what can be read.
    BOTTLE_TRY(auto program, read_whole(command.argv.front()));
    files.push_back({kHostProgram, std::move(program), own_stack ? 0755U : 0711U});
    whole.argv.front() = kHostProgram;
  }
  if (in_network) {
    BOTTLE_TRY(auto read, files_read_by(command));
    std::move(read.begin(), read.end(), std::back_inserter(files));
  }
  const Room room = room_of(place);
  if (room.role != kAgent) return around().exec_in(room, whole, limits, files);
  if (auto put = put_files(files); !put) return fail(put.error());  // so that they are none of the agent's
  return around().exec_in(room, whole, limits, {});
}

// As root, so that what is ours in the agent's place is not the agent's to change. Nothing of the agent's runs in it.
Result<void> DockerBottle::put_files(const std::vector<AgentFile>& files) {
  if (files.empty()) return {};
  const auto done = around().exec_in({kAgent, kRoot, {}}, {}, {.timeout = kFileLimit}, files);
  if (done && succeeded(*done)) return {};
  Error why{.what = "files could not be put into the bottle: "};
  if (done && std::holds_alternative<TimedOut>(done->ending)) {
    why.fault = Fault::timeout;
    why.what += around().engine().program() + " exec: no answer in time";
  } else {
    why.what += done ? describe(done->ending) : done.error().what;
    if (tells_of_absence(why.what)) why.fault = Fault::unavailable;
  }
  return fail(why);
}

// What of the wall clock's time at least one command of the engine was under way: the rest is ours.
std::map<std::string, std::string> DockerBottle::facts() const {
  return {{"engine busy", fmt::format("{:.2f} s", std::chrono::duration<double>(around().engine().busy()).count())}};
}

}  // namespace bottle::docker
