#include "backends/docker/docker_bottle.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <array>

#include "backends/docker/archive.h"
#include "backends/docker/engine_canaries.h"
#include "backends/docker/hand_protocol.h"
#include "backends/docker/remains.h"
#include "backends/docker/side_by_side.h"
#include "backends/namespaces/canaries.h"
#include "harness/digest.h"
#include "harness/file.h"

namespace bottle::docker {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds kStartLimit{30'000};
constexpr milliseconds kEndLimit{10'000};
constexpr milliseconds kFileLimit{20'000};
constexpr char kHostProgram[] = "/run/bottle/host-program";  // one of the host's, behind the agent's walls

}  // namespace

struct DockerBottle::Room {
  const char* role = kAgent;
  const char* user = kAgentUser;
  HandOptions options = {};
};

DockerBottle::DockerBottle(Engine engine, Containers containers, Environment agent_environment)
    : engine_(std::move(engine)),
      containers_(std::move(containers)),
      agent_environment_(std::move(agent_environment)),
      bundle_(engine_, containers_) {}

DockerBottle::~DockerBottle() { static_cast<void>(stop()); }

Result<void> DockerBottle::make_networks() {
  const auto make = [this](Words words) {
    return [this, words = std::move(words)]() -> Result<void> {
      BOTTLE_TRY(const auto id, engine_.run(words));
      return id.empty() ? fail(engine_.program() + " " + words.front() + ": no answer") : Result<void>();
    };
  };
  return side_by_side(
      {make(containers_.inner_network()), make(containers_.outer_network()), [this] { return make_volume(); }});
}

// Of a volume that is there already `volume create` says what it says of a new one. A stranger's may hold anything.
Result<void> DockerBottle::make_volume() {
  BOTTLE_TRY(const auto made, engine_.run(containers_.volume()));
  const std::string name = containers_.layout.name("doors");
  BOTTLE_TRY(const auto label, engine_.run({"volume", "inspect", "--format",
                                            std::string("{{index .Labels \"") + kDirectoryLabel + "\"}}", name}));
  if (label == containers_.layout.directory.string()) return {};
  return fail("the volume " + name + " is not this run's: it was there before, or " + engine_.program() +
              " does not tell its labels");
}

Result<void> DockerBottle::hold(const char* role, const Words& words) {
  BOTTLE_TRY(auto held, Held::start(engine_, words, containers_.layout.directory / (std::string(role) + ".log")));
  const std::lock_guard lock(holding_);
  held_.emplace(role, std::move(held));
  return {};
}

// The map's nodes stay where they are while others are added.
Result<void> DockerBottle::hold_ready(const char* role, const Words& words) {
  const Busy busy(engine_.busy_time());
  if (auto held = hold(role, words); !held) return held;
  Held* held = nullptr;
  {
    const std::lock_guard lock(holding_);
    held = &held_.at(role);
  }
  if (auto ready = held->await_line(kStartLimit); !ready) return fail(ready.error());
  return {};
}

Result<void> DockerBottle::start_bundle_net() {
  if (auto created = engine_.run(containers_.create_bundle_net()); !created) return fail(created.error());
  if (auto connected = engine_.run(containers_.connect_bundle_net()); !connected) return fail(connected.error());
  return hold_ready(kBundleNet, {"start", "--attach", "--interactive", containers_.layout.name(kBundleNet)});
}

Result<void> DockerBottle::start_agent(const std::vector<AgentFile>& files) {
  const Words connect = containers_.connect_agent_net();
  Words keeper = containers_.run_agent_net();
  if (!connect.empty()) {
    if (auto created = engine_.run(keeper); !created) return fail(created.error());
    if (auto connected = engine_.run(connect); !connected) return fail(connected.error());
    keeper = {"start", "--attach", "--interactive", containers_.layout.name(kAgentNet)};
  }
  if (auto up = hold_ready(kAgentNet, keeper); !up) return up;
  if (auto up = hold_ready(kAgent, containers_.run_agent()); !up) return up;
  return put_files(files);
}

Result<void> DockerBottle::start_containers(const std::vector<AgentFile>& files) {
  return side_by_side({[this] { return hold(kLab, containers_.run_lab()); }, [this] { return start_bundle_net(); },
                       [this, &files] { return start_agent(files); },
                       [this] { return hold_ready(kOutside, containers_.run_outside()); }});
}

// The host's canaries are sockets that no container can be given: a second lab holds them, beside the harness.
Result<void> DockerBottle::open_canaries(const LabConfig& config, const fs::path& lab_program) {
  BOTTLE_TRY(auto canaries, warden::bind_canaries(config.canaries));
  for (warden::Canary& canary : bind_gateway_canaries(containers_.layout.gateway()))
    canaries.push_back(std::move(canary));
  if (containers_.wrongs.engine_resolver) {
    for (warden::Canary& canary : bind_resolver_canary()) canaries.push_back(std::move(canary));
  }
  BOTTLE_TRY(host_lab_, warden::HostLab::start(lab_program, config, {.canaries = std::move(canaries)},
                                               containers_.layout.directory / "host-lab.log"));
  return {};
}

Result<void> DockerBottle::open_lab(const LabConfig& config, const fs::path& lab_program) {
  if (auto opened = open_canaries(config, lab_program); !opened) return opened;
  Held& held = held_.at(kLab);
  Lab& hosts = host_lab_->lab;
  Lab internet(std::move(held.input()), std::move(held.output()), {});
  const std::string doors = kDoors;
  auto canaries = hosts.canaries();
  // Its twin would stand in the bundle's network, where the bundle's own resolver may listen.
  std::erase_if(canaries, [](const auto& one) { return one.first.starts_with(kHostResolver); });
  const LabPart part{.echo = {.doors = doors + "/bundle"},
                     .agent = {.doors = doors + "/agent"},
                     .canaries = std::move(canaries),
                     .shares_abstract = containers_.wrongs.abstract_socket};
  if (auto opened = internet.open(open_command(config, part), kStartLimit); !opened)
    return fail(held.explain(opened.error()));
  internet.join(std::move(hosts));
  lab_.emplace(std::move(internet));
  return {};
}

Result<void> DockerBottle::await_bundle(const std::vector<int>& ports, milliseconds limit) {
  BOTTLE_TRY(listening_, bundle_.await(ports, limit));
  return {};
}

void DockerBottle::run_beside(std::function<void(Bottle&)> work) {
  beside_ = std::async(std::launch::async, [this, work = std::move(work)] { work(*this); });
}

// gVisor's network is its own: what is in the namespace that it was given has no address any more. There the harness
// goes behind the walls by a program of its own in the agent's container.
Result<DockerBottle::Room> DockerBottle::room_of(Place place) const {
  switch (place) {
    case Place::agent: return Room{kAgent, kAgentUser, {.base = true, .kill_all = true}};
    case Place::agent_walls: return Room{kAgent, kAgentUser, {.base = true}};
    case Place::agent_network:
      if (containers_.own_network_stack()) return Room{kAgent, kNobody, {}};
      return Room{kAgentNet, kNobody, {}};
    case Place::outside: return Room{kOutside, kNobody, {}};
    case Place::bundle: return Room{kBundleNet, kNobody, {}};
    case Place::host: break;
  }
  return fail("the host is no container");
}

Result<ExecResult> DockerBottle::exec(Place place, const Command& command, const ExecLimits& limits) {
  if (place == Place::host) return run_process(command, limits);
  BOTTLE_TRY(const auto room, room_of(place));
  Command whole = command;
  std::vector<AgentFile> files;
  if (place == Place::agent || place == Place::agent_walls)
    whole.environment.insert(agent_environment_.begin(), agent_environment_.end());  // what is there stays
  if (place == Place::agent_walls || (place == Place::agent_network && containers_.own_network_stack())) {
    // Nobody may read it, so nobody can look into the process that it becomes. gVisor executes only what can be read.
    const unsigned mode = containers_.own_network_stack() ? 0755 : 0711;
    BOTTLE_TRY(auto program, read_whole(command.argv.front()));
    files.push_back({kHostProgram, std::move(program), mode});
    whole.argv.front() = kHostProgram;
  }
  if (place != Place::agent && place != Place::agent_walls) {
    for (const fs::path& path : command.reads) {
      BOTTLE_TRY(auto bytes, read_whole(path));
      files.push_back({path.string(), std::move(bytes), 0644});
    }
  }
  if (room.role != kAgent) return exec_in(room, whole, limits, files);
  if (auto put = put_files(files); !put) return fail(put.error());  // so that they are none of the agent's
  return exec_in(room, whole, limits, {});
}

Result<ExecResult> DockerBottle::exec_in(const Room& room, const Command& command, const ExecLimits& limits,
                                         const std::vector<AgentFile>& files) const {
  const std::string end = random_text(32, "abcdefghijklmnopqrstuvwxyz234567");
  const Words words{"exec", "--interactive", "--user", room.user, containers_.layout.name(room.role), kHand, "exec"};
  BOTTLE_TRY(auto done,
             engine_.run_raw(words, hand_input(command, limits, files, room.options, end), limits_around_hand(limits)));
  return read_hand_output(std::move(done), end);
}

// As root, so that what is ours in the agent's place is not the agent's to change. Nothing of the agent's runs in it.
Result<void> DockerBottle::put_files(const std::vector<AgentFile>& files) const {
  if (files.empty()) return {};
  const auto done = exec_in({kAgent, kRoot, {}}, {}, {.timeout = kFileLimit}, files);
  if (done && succeeded(*done)) return {};
  Error why{.what = "files could not be put into the bottle: "};
  if (done && std::holds_alternative<TimedOut>(done->ending)) {
    why.fault = Fault::timeout;
    why.what += engine_.program() + " exec: no answer in time";
  } else {
    why.what += done ? describe(done->ending) : done.error().what;
    if (tells_of_absence(why.what)) why.fault = Fault::unavailable;
  }
  return fail(why);
}

// What of the wall clock's time at least one command of the engine was under way: the rest is ours.
std::map<std::string, std::string> DockerBottle::facts() const {
  return {{"engine busy", fmt::format("{:.2f} s", std::chrono::duration<double>(engine_.busy()).count())}};
}

Result<void> DockerBottle::end_bundle() {
  const std::lock_guard lock(stopping_);
  return stopped_ ? Result<void>() : bundle_.end();
}

Result<void> DockerBottle::stop() {
  if (beside_.valid()) beside_.wait();
  static_cast<void>(end_bundle());
  const std::lock_guard lock(stopping_);
  if (stopped_) return {};
  stopped_ = true;
  if (lab_) *lab_ = Lab(Fd(), Fd(), lab_->canaries());
  if (host_lab_) host_lab_->process.wait(kEndLimit);
  return remove_all();
}

// The containers end when their stdin does, and remove themselves; what does not is removed by force.
Result<void> DockerBottle::remove_all() {
  const Busy busy(engine_.busy_time());
  const auto deadline = std::chrono::steady_clock::now() + kEndLimit;  // of all of them together
  // podman removes nobody in whose network another one lives.
  if (engine_.is_podman()) {
    if (bundle_.made()) static_cast<void>(engine_.run({"rm", "--force", "--ignore", "--time", "0", bundle_.name()}));
    if (const auto agent = held_.find(kAgent); agent != held_.end()) {
      agent->second.let_go();
      agent->second.ended(milliseconds(milliseconds_until(deadline)));
    }
  }
  for (auto& [role, held] : held_) held.let_go();
  for (auto& [role, held] : held_) held.ended(milliseconds(milliseconds_until(deadline)));
  held_.clear();
  return remove_by_directory(engine_, containers_.layout.directory);
}

}  // namespace bottle::docker
