// The `smolmachines` backend: the agent in a microVM of smolvm's, whose list of allowed addresses has one entry, its
// bundle; the bundle in a container, as PRD 0023 has it. Fail closed: never another backend, never an unverified
// policy.
#include <algorithm>
#include <mutex>

#include "backends/docker/engine_facts.h"
#include "backends/docker/image_store.h"
#include "backends/docker/networks.h"
#include "backends/docker/preflight.h"
#include "backends/docker/remains.h"
#include "backends/registry.h"
#include "backends/smolmachines/agent_rootfs.h"
#include "backends/smolmachines/artifact.h"
#include "backends/smolmachines/beyond.h"
#include "backends/smolmachines/bottle_plan.h"
#include "backends/smolmachines/chosen_networks.h"
#include "backends/smolmachines/launch_steps.h"
#include "backends/smolmachines/machine_bottle.h"
#include "backends/smolmachines/preflight.h"
#include "backends/smolmachines/remains.h"
#include "backends/smolmachines/wrongs.h"
#include "harness/stopwatch.h"
#include "harness/suggestion.h"

namespace bottle {
namespace {

using docker::Containers;
using docker::Engine;
using docker::EngineFacts;
using smolmachines::Alias;
using smolmachines::Beyond;
using smolmachines::Family;
using smolmachines::Ground;
using smolmachines::Home;
using smolmachines::MachineBottle;
using smolmachines::Road;
using smolmachines::Smolvm;

constexpr char kDefaultRegistry[] = "registry:2.8.3";
constexpr char kLoopback[] = "127.0.0.1";

// What a plan has of this host's until its bottle is up and the engine and the machine hold it themselves.
struct Reservation {
  Alias alias = {};
  std::vector<Fd> subnets = {};
};

class Smolmachines final : public Backend {
 public:
  explicit Smolmachines(Install install) : install_(std::move(install)) {}

  std::string_view name() const override { return "smolmachines"; }
  std::string_view title() const override { return "microVMs of smolvm, on macOS and Linux"; }
  Result<void> configure(const BackendOptions& options) override;
  std::vector<Check> preflight() const override;
  Result<Plan> prepare(const BottleSpec& spec) const override;
  Result<Started> launch(const Plan& plan, const LaunchInputs& inputs) override;
  int at_once(int processors) const override;
  std::vector<std::string> list_active() const override { return smolmachines::lines_of(engine_); }
  Result<std::vector<std::string>> cleanup() override { return smolmachines::remove_remains(engine_); }

 private:
  const Result<Smolvm>& smolvm() const;  // asked once, as is the engine
  const Result<EngineFacts>& facts() const;
  Result<Ground> ground() const;  // its road, too, is asked once
  Result<Home> home_for(const BottleSpec& spec) const;
  Reservation take_reservation(const std::string& slug);
  Result<Containers> containers_of(const Plan& plan) const;  // of images that are named, and need not be there
  Result<smolmachines::AgentSide> agent_for(const Plan& plan, const Containers& containers, Alias alias) const;

  Install install_;
  Engine engine_{"docker"};
  std::string registry_ = kDefaultRegistry;
  std::filesystem::path home_ = {};  // empty: one of the run's own
  bool patch_ = true, untested_ = false;
  mutable std::optional<Result<Smolvm>> smolvm_ = {};
  mutable std::optional<Result<EngineFacts>> facts_ = {};
  mutable std::mutex taking_;
  mutable std::optional<Road> road_ = {};
  mutable std::map<std::string, Reservation> reserved_ = {};  // by slug: of plans that were not launched yet
};

Result<bool> yes_or_no(const std::string& key, const std::string& value) {
  if (value == "yes" || value == "no") return value == "yes";
  return fail("the option " + key + " is yes or no, not \"" + value + "\"", Fault::usage);
}

Result<void> Smolmachines::configure(const BackendOptions& options) {
  const std::vector<std::string> keys{"registry-image", "home", "policy-patch", "allow-untested-version", "road"};
  for (const auto& [key, value] : options) {
    if (key == "registry-image") {
      registry_ = value;
    } else if (key == "home") {
      std::error_code error;
      if (!std::filesystem::path(value).is_absolute() || !std::filesystem::is_directory(value, error))
        return fail("the option home is a directory's whole path, not \"" + value + "\"", Fault::usage);
      home_ = value;
    } else if (key == "policy-patch") {
      BOTTLE_TRY(patch_, yes_or_no(key, value));
    } else if (key == "allow-untested-version") {
      BOTTLE_TRY(untested_, yes_or_no(key, value));
    } else if (key == "road") {
      road_ = smolmachines::road_named(value);
      if (!road_) return fail("the option road is bridges or loopback, not \"" + value + "\"", Fault::usage);
    } else {
      return fail("the smolmachines backend has no option \"" + key + "\"" + suggestion(key, keys) +
                      "; it has registry-image, home, policy-patch, allow-untested-version and road",
                  Fault::usage);
    }
  }
  return {};
}

const Result<Smolvm>& Smolmachines::smolvm() const {
  if (!smolvm_) smolvm_ = Smolvm::find();
  return *smolvm_;
}

const Result<EngineFacts>& Smolmachines::facts() const {
  if (!facts_) facts_ = docker::ask_engine(engine_);
  return *facts_;
}

std::vector<Check> Smolmachines::preflight() const {
  std::vector<Check> checks = smolmachines::preflight(smolvm(), untested_);
  if (checks.front().state == Check::State::missing) return checks;
  if (home_.empty()) checks.push_back(smolmachines::check_agent_rootfs(smolvm()->program()));
  for (Check& check : docker::preflight(engine_, facts(), "", install_)) checks.push_back(std::move(check));
  const auto ground = this->ground();
  if (!ground) return checks;  // of the engine there is more to say first
  for (Check& check : smolmachines::road_preflight(ground->family, ground->road)) checks.push_back(std::move(check));
  if (!ground->family.loads_archives) checks.push_back(smolmachines::check_registry(engine_, registry_));
  return checks;
}

// The ports of the loopback, where the lab listens for all of a bottle, are there once.
int Smolmachines::at_once(int processors) const {
  const auto ground = this->ground();
  return ground && ground->road == Road::loopback ? 1 : processors;
}

// Fault::unavailable: a smolvm in a home of the run's own would not find what its guests boot from.
Result<Home> Smolmachines::home_for(const BottleSpec& spec) const {
  if (!home_.empty()) return Home{home_, true};
  Home home = Home::of_run(spec.run_directory, spec.slug);
  BOTTLE_TRY(home.agent_rootfs, smolmachines::agent_rootfs(smolvm()->program()));
  return home;
}

Reservation Smolmachines::take_reservation(const std::string& slug) {
  const std::lock_guard lock(taking_);
  auto reserved = reserved_.extract(slug);
  return reserved.empty() ? Reservation{} : std::move(reserved.mapped());
}

Result<Ground> Smolmachines::ground() const {
  if (!smolvm()) return fail(smolvm().error());
  if (!facts()) return fail(facts().error());
  Ground ground{.version = smolvm()->version(), .family = smolvm()->family()};
  BOTTLE_TRY(ground.taken, docker::subnets_of(engine_));
  const std::lock_guard lock(taking_);
  if (!road_) road_ = smolmachines::road_to(ground.taken);
  ground.road = *road_;
  return ground;
}

Result<Plan> Smolmachines::prepare(const BottleSpec& spec) const {
  if (auto possible = docker::check_made_of_images(spec, "smolmachines"); !possible) return fail(possible.error());
  if (!smolvm()) return fail(smolvm().error());
  if (auto supported = smolmachines::check_supported(smolvm()->version(), untested_); !supported)
    return fail(supported.error());
  BOTTLE_TRY(const Home home, home_for(spec));
  BOTTLE_TRY(const Ground ground, this->ground());
  const bool published = smolmachines::is_published(ground.family, ground.road);
  if (const auto reached = smolmachines::check_reach(spec.reaches, published); !reached) return fail(reached.error());
  Plan plan{.spec = spec, .guest = platform_named(facts()->architecture)};  // the machine's, too
  Reservation reservation;
  if (published) {
    BOTTLE_TRY(reservation.alias, smolmachines::take_alias(smolmachines::pool_for(ground.family)));
  }
  BOTTLE_TRY(auto chosen, smolmachines::choose_networks(spec, ground.taken, ground.road));
  plan.addresses = smolmachines::addresses_for(ground, chosen, reservation.alias.address);
  reservation.subnets = std::move(chosen.claims);
  BOTTLE_TRY(const auto wrongs, smolmachines::parse_wrongs(spec.wrongs, ground.family.wall, plan.addresses));
  if (wrongs.shared_loopback) plan.addresses.bundle = kLoopback;
  plan.facts = {{"engine", engine_.program() + " " + facts()->version + ", " + facts()->system}};
  smolmachines::describe(ground, wrongs, plan);
  plan.unshadowed = smolmachines::kNoPlaceBehind;
  plan.bundle_road = Place::host;  // the machine's traffic comes from there, too
  BOTTLE_TRY(const Containers containers, containers_of(plan));
  BOTTLE_TRY(const auto unfinished, smolmachines::unfinished_artifact(ground.version, spec.slug));
  plan.steps = smolmachines::steps_of({plan, ground, wrongs, containers, registry_, unfinished, patch_});
  if (!home.agent_rootfs.empty())
    plan.steps.insert(plan.steps.begin(), "say to smolvm SMOLVM_AGENT_ROOTFS=" + home.agent_rootfs.string());
  const std::lock_guard lock(taking_);
  reserved_.insert_or_assign(spec.slug, std::move(reservation));
  return plan;
}

Result<Containers> Smolmachines::containers_of(const Plan& plan) const {
  const Addresses& addresses = plan.addresses;
  const std::string& own = addresses.bundle_own.empty() ? addresses.bundle : addresses.bundle_own;
  const Beyond beyond = smolmachines::beyond_with(addresses.internet->resolver);
  Containers containers;
  BOTTLE_TRY(containers.layout, docker::layout_with(plan.spec.slug, plan.spec.run_directory, own));
  if (!facts()) return fail(facts().error());
  containers.facts = *facts();
  BOTTLE_TRY(const Install guest, install_.for_guest(plan.guest));
  containers.images = docker::named_images(plan.spec);
  containers.libexec = guest.libexec.string();
  docker::HostNetworks networks{.published_at = addresses.bundle_own.empty() ? "" : addresses.bundle,
                                .doors = plan.spec.doors,
                                .echo_port = addresses.echo_port};
  if (smolmachines::road_of(plan) == Road::loopback) {
    networks.on_loopback = beyond.dialled().addresses();
  } else {
    networks.beyond = beyond.subnet();
    networks.beyond_gateway = beyond.host();
    networks.beyond_lab = beyond.lab();
  }
  containers.host_networks = std::move(networks);
  return containers;
}

Result<smolmachines::AgentSide> Smolmachines::agent_for(const Plan& plan, const Containers& containers,
                                                        Alias alias) const {
  if (!smolvm()) return fail(smolvm().error());
  const Family family = smolvm()->family();
  BOTTLE_TRY(const Home home, home_for(plan.spec));
  BOTTLE_TRY(const auto wrongs, smolmachines::parse_wrongs(plan.spec.wrongs, family.wall, plan.addresses));
  smolmachines::AgentSide agent{.smolvm = *smolvm(),
                                .home = home,
                                .machine = smolmachines::machine_for(plan, family, wrongs),
                                .alias = std::move(alias),
                                .patch = patch_,
                                .resolver = smolmachines::guest_resolver(family, plan.addresses),
                                .heard_at = plan.addresses.internet->resolver};
  agent.smolvm.count_in(engine_.shared_busy_time());
  BOTTLE_TRY(const auto unfinished, smolmachines::unfinished_artifact(smolvm()->version(), plan.spec.slug));
  const smolmachines::Note note{smolvm()->program(), home, agent.machine.name, unfinished};
  if (auto noted = smolmachines::write_note(plan.spec.run_directory, note); !noted) return fail(noted.error());
  if (auto made = smolmachines::make_home(home); !made) return fail(made.error());
  BOTTLE_TRY(
      agent.machine.artifact,
      smolmachines::ensure_artifact(*smolvm(), home, {engine_, containers.images.agent, registry_, containers.layout}));
  return agent;
}

Result<Started> Smolmachines::launch(const Plan& plan, const LaunchInputs& inputs) {
  Stopwatch phases([](const std::string&) {});
  Reservation reservation = take_reservation(plan.spec.slug);
  BOTTLE_TRY(const auto lab_program, install_.helper("bottle-lab"));
  BOTTLE_TRY(auto containers, containers_of(plan));
  BOTTLE_TRY(containers.images, phases.time("images", [&]() -> Result<docker::Images> {
    BOTTLE_TRY(const Install guest, install_.for_guest(plan.guest));
    return docker::ensure_images(engine_, guest, plan.spec, plan.spec.run_directory);
  }));
  auto agent = phases.time("artifact", [&] { return agent_for(plan, containers, std::move(reservation.alias)); });
  if (!agent) {
    Error why = agent.error();
    if (const auto gone = smolmachines::remove_noted(plan.spec.run_directory); !gone)
      why.what += "; " + gone.error().what;
    return fail(why);
  }
  auto bottle =
      std::make_unique<MachineBottle>(engine_, std::move(containers), std::move(*agent), inputs.agent_environment);
  if (const auto up = bottle->as_lifecycle(
          [&] { return bottle->launch(inputs, without_abstract_sockets(inputs.lab), lab_program, phases); });
      !up) {
    Error why = up.error();
    if (const auto stopped = bottle->stop(); !stopped) why.what += "; " + stopped.error().what;
    return fail(why);
  }
  std::vector<Phase> steps = phases.phases();  // the machine's are within "containers"
  std::sort(steps.begin(), steps.end(), [](const Phase& a, const Phase& b) { return a.start_ns < b.start_ns; });
  return Started{std::move(bottle), std::move(steps)};
}

}  // namespace

std::unique_ptr<Backend> make_backend_smolmachines(const Install& install);  // registry.cc
std::unique_ptr<Backend> make_backend_smolmachines(const Install& install) {
  return std::make_unique<Smolmachines>(install);
}

}  // namespace bottle
