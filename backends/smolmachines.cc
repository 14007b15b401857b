// The `smolmachines` backend: the agent in a microVM of smolvm's, whose list of allowed addresses has one entry, its
// bundle; the bundle in a container, as PRD 0023 has it. Fail closed: never another backend, never an unverified
// policy.
#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "backends/docker/engine_facts.h"
#include "backends/docker/image_store.h"
#include "backends/docker/networks.h"
#include "backends/docker/preflight.h"
#include "backends/docker/remains.h"
#include "backends/namespaces/addresses.h"
#include "backends/registry.h"
#include "backends/smolmachines/artifact.h"
#include "backends/smolmachines/beyond.h"
#include "backends/smolmachines/machine_bottle.h"
#include "backends/smolmachines/preflight.h"
#include "backends/smolmachines/remains.h"
#include "backends/smolmachines/smolfile.h"
#include "backends/smolmachines/wrongs.h"
#include "harness/digest.h"
#include "harness/stopwatch.h"
#include "harness/suggestion.h"

namespace bottle {
namespace {

using docker::Containers;
using docker::Engine;
using docker::EngineFacts;
using docker::Layout;
using smolmachines::Alias;
using smolmachines::Beyond;
using smolmachines::Family;
using smolmachines::Home;
using smolmachines::MachineBottle;
using smolmachines::MachineSpec;
using smolmachines::Smolvm;
using smolmachines::Wall;
using smolmachines::Wrongs;

constexpr char kDefaultRegistry[] = "registry:2.8.3";
constexpr char kLoopback[] = "127.0.0.1";

class Smolmachines final : public Backend {
 public:
  explicit Smolmachines(Install install) : install_(std::move(install)) {}

  std::string_view name() const override { return "smolmachines"; }
  std::string_view title() const override { return "microVMs of smolvm, on macOS and Linux"; }
  Result<void> configure(const BackendOptions& options) override;
  std::vector<Check> preflight() const override;
  Result<Plan> prepare(const BottleSpec& spec) const override;
  Result<Started> launch(const Plan& plan, const LaunchInputs& inputs) override;
  int at_once(int processors) const override { return processors; }
  std::vector<std::string> list_active() const override { return smolmachines::lines_of(engine_); }
  Result<std::vector<std::string>> cleanup() override { return smolmachines::remove_remains(engine_); }

 private:
  const Result<Smolvm>& smolvm() const;  // asked once, as is the engine
  const Result<EngineFacts>& facts() const;
  Result<Alias> alias_for(const std::string& slug) const;
  Result<Addresses> addresses_of(const BottleSpec& spec, const Smolvm& smolvm) const;
  Result<Containers> containers_for(const Plan& plan) const;
  Result<smolmachines::AgentSide> agent_for(const Plan& plan, const Containers& containers);

  Install install_;
  Engine engine_{"docker"};
  std::string registry_ = kDefaultRegistry;
  std::filesystem::path home_ = {};  // empty: one of the run's own
  bool patch_ = true, untested_ = false;
  mutable std::optional<Result<Smolvm>> smolvm_ = {};
  mutable std::optional<Result<EngineFacts>> facts_ = {};
  mutable std::mutex taking_;
  mutable std::map<std::string, Alias> aliases_ = {};  // by slug: of plans that were not launched yet
};

Result<bool> yes_or_no(const std::string& key, const std::string& value) {
  if (value == "yes" || value == "no") return value == "yes";
  return fail("the option " + key + " is yes or no, not \"" + value + "\"", Fault::usage);
}

Result<void> Smolmachines::configure(const BackendOptions& options) {
  const std::vector<std::string> keys{"registry-image", "home", "policy-patch", "allow-untested-version"};
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
    } else {
      return fail("the smolmachines backend has no option \"" + key + "\"" + suggestion(key, keys) +
                      "; it has registry-image, home, policy-patch and allow-untested-version",
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
  for (Check& check : docker::preflight(engine_, facts(), "", install_)) checks.push_back(std::move(check));
  return checks;
}

// PRD 0023: 192.168.X.0/24, X from the slug's hash.
Result<Layout> layout_for(const BottleSpec& spec, const std::vector<std::string>& taken) {
  const auto base = [&](int i) {
    const std::string hash = from_hex(sha256_hex(spec.slug + "/" + std::to_string(i))).value_or(std::string(1, '\0'));
    return "192.168." + std::to_string(static_cast<unsigned char>(hash[0])) + ".";
  };
  return docker::choose_layout(spec.slug, spec.run_directory, taken, base, "192.168.0.0/16");
}

Result<Alias> Smolmachines::alias_for(const std::string& slug) const {
  const std::lock_guard lock(taking_);
  BOTTLE_TRY(auto alias, smolmachines::take_alias());
  Alias told{alias.address, {}};
  aliases_.insert_or_assign(slug, std::move(alias));
  return told;
}

// Where the guest's sockets are the host's, the bundle is published at an alias of the loopback: a list of loopback
// addresses alone stays as it is, while 1.1.1.1 would join any other.
Result<Addresses> Smolmachines::addresses_of(const BottleSpec& spec, const Smolvm& smolvm) const {
  BOTTLE_TRY(const auto taken, docker::subnets_of(engine_));
  BOTTLE_TRY(const auto layout, layout_for(spec, taken));
  BOTTLE_TRY(const auto beyond, smolmachines::choose_beyond(spec.slug, taken));
  Addresses addresses{.bundle = layout.bundle(), .agent = "", .host = warden::host_address()};
  if (smolvm.family().wall == Wall::interception) {
    BOTTLE_TRY(const auto alias, alias_for(spec.slug));
    addresses.bundle = alias.address;
    addresses.bundle_own = layout.bundle();
    addresses.host_alias = smolmachines::other_loopback(alias.address);
  }
  addresses.nearby = {{"gateway", layout.gateway()}};
  addresses.internet = beyond.internet();
  return addresses;
}

std::string guest_resolver(const Family& family, const Addresses& addresses) {
  return family.wall == Wall::interception ? addresses.internet->resolver : "";
}

// What it would be made from; launch() knows the artifact.
MachineSpec machine_for(const Plan& plan, const Family& family, const Wrongs& wrongs) {
  MachineSpec machine{.name = docker::kNamePrefix + plan.spec.slug, .artifact = "IMAGE.smolmachine"};
  machine.allowed = smolmachines::allowed_for(plan.addresses.bundle, wrongs);
  machine.localhost_only = wrongs.localhost_only;
  if (family.takes_dns) machine.dns = plan.addresses.internet->resolver;
  return machine;
}

std::vector<std::string> steps_for(const Plan& plan, const Smolvm& smolvm, const Wrongs& wrongs, bool patch) {
  const Family family = smolvm.family();
  const MachineSpec machine = machine_for(plan, family, wrongs);
  const smolmachines::Smolfile file{
      .image = plan.spec.agent_image.empty() ? "bottle-verify/agent" : plan.spec.agent_image,
      .allowed = machine.allowed};
  std::vector<std::string> steps{
      "make the networks inner, where the host reaches the bundle, outer, where the bundle reaches the lab, and beyond "
      "(" +
          plan.addresses.internet->resolver + " and beside it), where the host would",
      family.loads_archives ? "pack the agent's image, unless it was packed before: docker save, smolvm pack create"
                            : "pack the agent's image, unless it was packed before: a registry on 127.0.0.1, docker "
                              "push, smolvm pack create"};
  std::string smolfile = smolmachines::rendered(file);
  while (!smolfile.empty() && smolfile.back() == '\n') smolfile.pop_back();
  steps.push_back("make the machine that this Smolfile describes:\n" + smolfile);
  steps.push_back(smolmachines::line_of(smolmachines::create_machine(family, machine)));
  if (family.from_drops_policy && patch)
    steps.push_back("set allowed_cidrs and network in smolvm's database, since --from drops them");
  steps.push_back("read them back, and go no further unless they are what was asked for");
  steps.push_back(smolmachines::line_of(smolmachines::start_machine(machine.name)));
  steps.push_back("start the bundle in a container" +
                  (plan.addresses.bundle_own.empty() ? "" : ", published at " + plan.addresses.bundle) +
                  ", and wait until it listens");
  steps.push_back(smolmachines::line_of(smolmachines::stop_machine(machine.name)));
  steps.push_back(smolmachines::line_of(smolmachines::delete_machine(family, machine.name)));
  for (std::string& step : smolmachines::steps_of(wrongs)) steps.push_back(std::move(step));
  return steps;
}

Result<Plan> Smolmachines::prepare(const BottleSpec& spec) const {
  if (!spec.rootfs.empty())
    return fail("the smolmachines backend takes no --rootfs; give it an image with --agent-image", Fault::usage);
  if (spec.bundle_command && spec.bundle_image.empty())
    return fail(
        "with the smolmachines backend a bundle command needs the image that has its program; give it with "
        "--bundle-image",
        Fault::usage);
  if (!smolvm()) return fail(smolvm().error());
  if (auto supported = smolmachines::check_supported(smolvm()->version(), untested_); !supported)
    return fail(supported.error());
  if (!facts()) return fail(facts().error());
  const Family family = smolvm()->family();
  Plan plan{.spec = spec, .guest = platform_named(facts()->architecture)};  // the machine's, too
  BOTTLE_TRY(plan.addresses, addresses_of(spec, *smolvm()));
  BOTTLE_TRY(const auto wrongs, smolmachines::parse_wrongs(spec.wrongs, family.wall, plan.addresses));
  if (wrongs.shared_loopback) plan.addresses.bundle = kLoopback;
  plan.accepts_first = family.wall == Wall::gateway;
  if (!family.carries_icmp) plan.no_transport["icmp"] = "smolvm " + smolvm()->version().text() + " carries no ICMP";
  plan.facts = {
      {"smolvm", smolvm()->version().text()},
      {"engine", engine_.program() + " " + facts()->version + ", " + facts()->system},
      {"denial", family.denial},
      {"allowlist", fmt::format("{}", fmt::join(smolmachines::allowed_for(plan.addresses.bundle, wrongs), " "))},
      {"beyond", plan.addresses.internet->resolver},
      {"ipv6", "no"}};
  if (family.opens_public_dns && plan.addresses.bundle_own.empty())
    plan.notes.push_back("smolvm " + smolvm()->version().text() +
                         " lets 1.1.1.1 join this list, and no record shows it");
  if (family.answers_dns) {
    const std::string says = "smolvm " + smolvm()->version().text() + " answers DNS whatever its list says";
    plan.notes.push_back(says);
    plan.fixes["dns-exfil.d*"] =
        says + "; --allow-host with the bundle's address as a literal switches its filter of names on.";
  }
  plan.steps = steps_for(plan, *smolvm(), wrongs, patch_);
  return plan;
}

Result<Containers> Smolmachines::containers_for(const Plan& plan) const {
  const Addresses& addresses = plan.addresses;
  const std::string& own = addresses.bundle_own.empty() ? addresses.bundle : addresses.bundle_own;
  const Beyond beyond = smolmachines::beyond_with(addresses.internet->resolver);
  Containers containers;
  BOTTLE_TRY(containers.layout, docker::layout_with(plan.spec.slug, plan.spec.run_directory, own));
  if (!facts()) return fail(facts().error());
  containers.facts = *facts();
  BOTTLE_TRY(const Install guest, install_.for_guest(plan.guest));
  BOTTLE_TRY(containers.images, docker::ensure_images(engine_, guest, plan.spec, plan.spec.run_directory));
  containers.libexec = guest.libexec.string();
  containers.host_networks = docker::HostNetworks{.published_at = addresses.bundle_own.empty() ? "" : addresses.bundle,
                                                  .doors = plan.spec.doors,
                                                  .echo_port = addresses.echo_port,
                                                  .beyond = beyond.subnet(),
                                                  .beyond_gateway = beyond.host(),
                                                  .beyond_lab = beyond.lab()};
  return containers;
}

Result<smolmachines::AgentSide> Smolmachines::agent_for(const Plan& plan, const Containers& containers) {
  if (!smolvm()) return fail(smolvm().error());
  const Family family = smolvm()->family();
  const Home home = home_.empty() ? Home::of_run(plan.spec.run_directory, plan.spec.slug) : Home{home_, true};
  BOTTLE_TRY(const auto wrongs, smolmachines::parse_wrongs(plan.spec.wrongs, family.wall, plan.addresses));
  smolmachines::AgentSide agent{.smolvm = *smolvm(),
                                .home = home,
                                .machine = machine_for(plan, family, wrongs),
                                .patch = patch_,
                                .resolver = guest_resolver(family, plan.addresses)};
  agent.smolvm.count_in(engine_.shared_busy_time());
  const smolmachines::Note note{smolvm()->program(), home, agent.machine.name};
  if (auto noted = smolmachines::write_note(plan.spec.run_directory, note); !noted) return fail(noted.error());
  if (auto made = smolmachines::make_home(home); !made) return fail(made.error());
  BOTTLE_TRY(
      agent.machine.artifact,
      smolmachines::ensure_artifact(*smolvm(), home, {engine_, containers.images.agent, registry_, containers.layout}));
  const std::lock_guard lock(taking_);
  if (auto reserved = aliases_.extract(plan.spec.slug); !reserved.empty()) agent.alias = std::move(reserved.mapped());
  return agent;
}

Result<Started> Smolmachines::launch(const Plan& plan, const LaunchInputs& inputs) {
  Stopwatch phases([](const std::string&) {});
  BOTTLE_TRY(const auto lab_program, install_.helper("bottle-lab"));
  BOTTLE_TRY(auto containers, phases.time("images", [&] { return containers_for(plan); }));
  auto agent = phases.time("artifact", [&] { return agent_for(plan, containers); });
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
