#include "backends/docker/surroundings.h"

#include "backends/docker/engine_canaries.h"
#include "backends/docker/remains.h"
#include "backends/docker/side_by_side.h"
#include "backends/namespaces/canaries.h"
#include "harness/digest.h"
#include "harness/file.h"
#include "harness/streams.h"

namespace bottle::docker {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kStartLimit{30'000};
constexpr milliseconds kEndLimit{10'000};

}  // namespace

Surroundings::Surroundings(Engine engine, Containers containers)
    : engine_(std::move(engine)), containers_(std::move(containers)), bundle_(engine_, containers_) {}

Result<void> Surroundings::make_networks() {
  const auto make = [this](Words words) {
    return [this, words = std::move(words)]() -> Result<void> {
      BOTTLE_TRY(const auto id, engine_.run(words));
      return id.empty() ? fail(engine_.program() + " " + words.front() + ": no answer") : Result<void>();
    };
  };
  std::vector<std::function<Result<void>()>> steps{make(containers_.inner_network()), make(containers_.outer_network()),
                                                   [this] { return make_volume(); }};
  if (containers_.has_beyond()) steps.push_back(make(containers_.beyond_network()));
  return side_by_side(steps);
}

// Of a volume that is there already `volume create` says what it says of a new one. A stranger's may hold anything.
Result<void> Surroundings::make_volume() {
  BOTTLE_TRY(const auto made, engine_.run(containers_.volume()));
  const std::string name = containers_.layout.name("doors");
  BOTTLE_TRY(const auto label, engine_.run({"volume", "inspect", "--format",
                                            std::string("{{index .Labels \"") + kDirectoryLabel + "\"}}", name}));
  if (label == containers_.layout.directory.string()) return {};
  return fail("the volume " + name + " is not this run's: it was there before, or " + engine_.program() +
              " does not tell its labels");
}

Result<void> Surroundings::hold(const char* role, const Words& words) {
  BOTTLE_TRY(auto held, Held::start(engine_, words, containers_.layout.directory / (std::string(role) + ".log")));
  const std::lock_guard lock(holding_);
  held_.emplace(role, std::move(held));
  return {};
}

// The map's nodes stay where they are while others are added.
Result<void> Surroundings::hold_ready(const char* role, const Words& words) {
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

Result<void> Surroundings::start_lab() {
  const Words connect = containers_.connect_lab();
  if (connect.empty()) return hold(kLab, containers_.run_lab());
  if (auto created = engine_.run(containers_.run_lab()); !created) return fail(created.error());
  if (auto connected = engine_.run(connect); !connected) return fail(connected.error());
  return hold(kLab, containers_.start(kLab));
}

Result<void> Surroundings::start_bundle_net() {
  if (auto created = engine_.run(containers_.create_bundle_net()); !created) return fail(created.error());
  if (auto connected = engine_.run(containers_.connect_bundle_net()); !connected) return fail(connected.error());
  return hold_ready(kBundleNet, containers_.start(kBundleNet));
}

Result<void> Surroundings::start(std::function<Result<void>()> agent) {
  return side_by_side({[this] { return start_lab(); }, [this] { return start_bundle_net(); }, std::move(agent),
                       [this] { return hold_ready(kOutside, containers_.run_outside()); }});
}

// The host's canaries are sockets that no container can be given: a second lab holds them, beside the harness.
Result<void> Surroundings::open_canaries(const LabConfig& config, const std::filesystem::path& lab_program) {
  BOTTLE_TRY(auto canaries, warden::bind_canaries(config.canaries));
  for (warden::Canary& canary : bind_gateway_canaries(containers_.layout.gateway()))
    canaries.push_back(std::move(canary));
  if (containers_.wrongs.engine_resolver) {
    for (warden::Canary& canary : bind_resolver_canary()) canaries.push_back(std::move(canary));
  }
  warden::HostLab::Sockets sockets{.canaries = std::move(canaries)};
  if (containers_.host_networks && !containers_.host_networks->on_loopback.empty()) {
    BOTTLE_TRY(sockets.internet, warden::LoopbackDoors::open(containers_.host_networks->on_loopback));
  }
  BOTTLE_TRY(host_lab_,
             warden::HostLab::start(lab_program, config, sockets, containers_.layout.directory / "host-lab.log"));
  return {};
}

Result<void> Surroundings::open_lab(const LabConfig& config, const std::filesystem::path& lab_program) {
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

Result<void> Surroundings::await_bundle(const std::vector<int>& ports, milliseconds limit) {
  BOTTLE_TRY(listening_, bundle_.await(ports, limit));
  return {};
}

Result<ExecResult> Surroundings::exec_in(const Room& room, const Command& command, const ExecLimits& limits,
                                         const std::vector<AgentFile>& files) const {
  const std::string end = random_text(32, "abcdefghijklmnopqrstuvwxyz234567");
  const Words words{"exec", "--interactive", "--user", room.user, containers_.layout.name(room.role), kHand, "exec"};
  BOTTLE_TRY(auto done,
             engine_.run_raw(words, hand_input(command, limits, files, room.options, end), limits_around_hand(limits)));
  return read_hand_output(std::move(done), end);
}

Result<ExecResult> Surroundings::exec(Place place, const Command& command, const ExecLimits& limits) const {
  BOTTLE_TRY(const auto files, files_read_by(command));
  return exec_in({place == Place::bundle ? kBundleNet : kOutside, kNobody, {}}, command, limits, files);
}

Result<void> Surroundings::stop() {
  static_cast<void>(end_bundle());
  if (lab_) *lab_ = Lab(Fd(), Fd(), lab_->canaries());
  if (host_lab_) host_lab_->process.wait(kEndLimit);
  return remove_all();
}

// The containers end when their stdin does, and remove themselves; what does not is removed by force.
Result<void> Surroundings::remove_all() {
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

Result<std::vector<AgentFile>> files_read_by(const Command& command) {
  std::vector<AgentFile> files;
  for (const std::filesystem::path& path : command.reads) {
    BOTTLE_TRY(auto bytes, read_whole(path));
    files.push_back({path.string(), std::move(bytes), 0644});
  }
  return files;
}

}  // namespace bottle::docker
