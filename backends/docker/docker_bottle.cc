#include "backends/docker/docker_bottle.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <array>
#include <fstream>
#include <sstream>

#include "backends/docker/archive.h"
#include "backends/docker/engine_canaries.h"
#include "backends/docker/hand_protocol.h"
#include "backends/docker/remains.h"
#include "backends/docker/side_by_side.h"
#include "backends/namespaces/canaries.h"
#include "harness/digest.h"

namespace bottle::docker {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds kStartLimit{30'000};
constexpr milliseconds kExecGrace{10'000};  // for the engine, beyond the command's own time
constexpr milliseconds kEndLimit{10'000};
constexpr milliseconds kFileLimit{20'000};
constexpr milliseconds kLook{20};
constexpr char kHostProgram[] = "/run/bottle/host-program";  // one of the host's, behind the agent's walls
constexpr std::size_t kMostSaid = 64u << 10;
constexpr std::size_t kMostBroughtBack = 64u << 20;

Result<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) return fail("could not read " + path.string());
  return text.str();
}

std::string read_to_end(const Fd& fd) {
  std::string text;
  std::array<char, 4096> bytes{};
  for (ssize_t got = 0; text.size() < kMostSaid && (got = ::read(fd.get(), bytes.data(), bytes.size())) > 0;)
    text.append(bytes.data(), static_cast<std::size_t>(got));
  return text;
}

}  // namespace

struct DockerBottle::Room {
  const char* role = kAgent;
  const char* user = kAgentUser;
  HandOptions options = {};
};

DockerBottle::DockerBottle(Engine engine, Containers containers, Environment agent_environment)
    : engine_(std::move(engine)),
      containers_(std::move(containers)),
      agent_environment_(std::move(agent_environment)) {}

DockerBottle::~DockerBottle() { static_cast<void>(stop()); }

Result<void> DockerBottle::make_networks() {
  const auto make = [this](Words words) {
    return [this, words = std::move(words)]() -> Result<void> {
      BOTTLE_TRY(const auto id, engine_.run(words));
      return id.empty() ? fail(engine_.program() + " " + words.front() + ": no answer") : Result<void>();
    };
  };
  return side_by_side(
      {make(containers_.inner_network()), make(containers_.outer_network()), make(containers_.volume())});
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

Result<void> DockerBottle::start_bundle(const BundleProgram& program) {
  const bool own = containers_.images.bundle == containers_.images.harness;
  if (auto created = engine_.run(containers_.create_bundle(program.command, own)); !created)
    return fail(created.error());
  BOTTLE_TRY(const auto archive, archive_of(program.files));
  const std::string name = containers_.layout.name(kBundle);
  if (auto copied = engine_.run({"cp", "-", name + ":/"}, archive); !copied) return fail(copied.error());
  if (!program.own_files.empty()) {
    BOTTLE_TRY(const auto own_files, archive_of(program.own_files));
    if (auto copied = engine_.run({"cp", "-", name + ":/"}, own_files); !copied) return fail(copied.error());
  }
  BOTTLE_TRY(const auto log, open_log(program.log));
  BOTTLE_TRY(bundle_, engine_.attach({"start", "--attach", name}, log.get(), log.get()));
  brought_back_ = program.brought_back;
  return {};
}

// A bundle that has ended is a fact that `listening` shows; one that never started is an error.
Result<void> DockerBottle::await_bundle(const std::vector<int>& ports, milliseconds limit) {
  Words look{"exec",
             "--interactive",
             "--user",
             kNobody,
             containers_.layout.name(kBundleNet),
             kHand,
             "listening",
             std::to_string(limit.count())};
  for (const int port : ports) look.push_back(std::to_string(port));
  BOTTLE_TRY(auto looking, engine_.attach(look, -1));
  const auto deadline = std::chrono::steady_clock::now() + limit + kExecGrace;
  while (!looking.wait(kLook) && std::chrono::steady_clock::now() < deadline) {
    if (bundle_->wait(milliseconds(0))) looking.input().reset();
  }
  std::istringstream lines(read_to_end(looking.output()));
  for (int port = 0; lines >> port;) listening_.insert(port);
  const auto ended = bundle_->wait(milliseconds(0));
  if (!ended) return {};
  bundle_.reset();
  const auto* code = std::get_if<Exited>(&*ended);
  const bool never = code != nullptr && code->code >= 125 && code->code <= 127;
  if (never) return fail("the bundle's command could not be started: " + describe(*ended), Fault::usage);
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
    BOTTLE_TRY(auto program, read_file(command.argv.front()));
    files.push_back({kHostProgram, std::move(program), mode});
    whole.argv.front() = kHostProgram;
  }
  if (place != Place::agent && place != Place::agent_walls) {
    for (const fs::path& path : command.reads) {
      BOTTLE_TRY(auto bytes, read_file(path));
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

// As root, so that what is ours in the agent's place is not the agent's to change.
Result<void> DockerBottle::put_files(const std::vector<AgentFile>& files) const {
  if (files.empty()) return {};
  BOTTLE_TRY(const auto done, exec_in({kAgent, kRoot, {}}, {}, {.timeout = kFileLimit}, files));
  return succeeded(done) ? Result<void>() : fail("files could not be put into the bottle: " + describe(done.ending));
}

// From a container that may be hostile: a plain file, and nothing else.
Result<void> DockerBottle::bring_back(const fs::path& path) const {
  const std::string from = containers_.layout.name(kBundle) + ":" + path.string();
  BOTTLE_TRY(const auto done,
             engine_.run_raw({"cp", from, "-"}, {}, {.timeout = kFileLimit, .output_bytes = kMostBroughtBack}));
  if (!succeeded(done)) return fail(path.string() + " was not brought back: " + reason_in(done.err));
  BOTTLE_TRY(const auto content, only_file_in(done.out));
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << content;
  out.close();
  return out ? Result<void>() : fail("could not write " + path.string() + "; is the disk full?");
}

// What of the wall clock's time at least one command of the engine was under way: the rest is ours.
std::map<std::string, std::string> DockerBottle::facts() const {
  return {{"engine busy", fmt::format("{:.2f} s", std::chrono::duration<double>(engine_.busy()).count())}};
}

// It may write its last lines; then it is made to end.
Result<void> DockerBottle::end_bundle() {
  const std::lock_guard lock(stopping_);
  if (stopped_ || !bundle_) return {};
  static_cast<void>(engine_.run({"stop", "--time", "2", containers_.layout.name(kBundle)}));
  const bool ended = bundle_->wait(kEndLimit).has_value();
  bundle_.reset();
  if (!ended) return fail("the bundle did not end", Fault::timeout);
  Result<void> brought;
  for (const fs::path& path : brought_back_) {
    if (auto back = bring_back(path); !back) brought = back;
  }
  return brought;
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
  // podman removes nobody in whose network another one lives.
  if (engine_.is_podman()) {
    static_cast<void>(engine_.run({"rm", "--force", "--ignore", "--time", "0", containers_.layout.name(kBundle)}));
    if (const auto agent = held_.find(kAgent); agent != held_.end()) {
      agent->second.let_go();
      agent->second.ended(kEndLimit);
    }
  }
  for (auto& [role, held] : held_) held.let_go();
  for (auto& [role, held] : held_) held.ended(kEndLimit);
  held_.clear();
  return remove_by_directory(engine_, containers_.layout.directory);
}

}  // namespace bottle::docker
