// The `docker` backend: the agent and its bundle as containers of docker, podman or nerdctl, with runc, gVisor or any
// other runtime. What surrounds them is made of containers, too, so that a remote or a virtual engine serves as well.
#include <fmt/format.h>

#include <array>

#include "backends/docker/docker_bottle.h"
#include "backends/docker/engine_canaries.h"
#include "backends/docker/engine_facts.h"
#include "backends/docker/image_store.h"
#include "backends/docker/networks.h"
#include "backends/docker/preflight.h"
#include "backends/docker/remains.h"
#include "backends/docker/wrongs.h"
#include "backends/namespaces/addresses.h"
#include "backends/registry.h"
#include "harness/process.h"
#include "harness/run_directory.h"
#include "harness/stopwatch.h"
#include "harness/suggestion.h"

namespace bottle {
namespace {

// Under its ptrace platform a start of curl takes seconds on a busy machine.
constexpr int kGvisorsPatience = 5;

using docker::Containers;
using docker::DockerBottle;
using docker::Engine;
using docker::EngineFacts;
using docker::Layout;

class Docker final : public Backend {
 public:
  explicit Docker(Install install) : install_(std::move(install)), engine_("docker") {}

  std::string_view name() const override { return "docker"; }
  std::string_view title() const override { return "containers of docker, podman or nerdctl; runc, gVisor, ..."; }
  Result<void> configure(const BackendOptions& options) override;
  std::vector<Check> preflight() const override { return docker::preflight(engine_, facts(), runtime_, install_); }
  Result<Plan> prepare(const BottleSpec& spec) const override;
  Result<Started> launch(const Plan& plan, const LaunchInputs& inputs) override;
  // The engine does one thing after the other; a kernel in user space takes a processor to itself.
  int at_once(int processors) const override {
    return docker::has_own_network_stack(runtime_) ? processors : std::max(2, 3 * processors / 2);
  }
  std::vector<std::string> list_active() const override;
  Result<std::vector<std::string>> cleanup() override;

 private:
  const Result<EngineFacts>& facts() const;  // asked once
  Result<Containers> containers_for(const Plan& plan) const;

  Install install_;
  Engine engine_;
  std::string runtime_ = {};
  mutable std::optional<Result<EngineFacts>> facts_ = {};
};

Result<void> Docker::configure(const BackendOptions& options) {
  const std::vector<std::string> engines{"docker", "podman", "nerdctl"};
  for (const auto& [key, value] : options) {
    if (key == "engine") {
      if (std::find(engines.begin(), engines.end(), value) == engines.end())
        return fail("unknown engine \"" + value + "\"" + suggestion(value, engines), Fault::usage);
      engine_ = Engine(value);
    } else if (key == "runtime") {
      runtime_ = value;
    } else {
      return fail("the docker backend has no option \"" + key + "\"" + suggestion(key, {"engine", "runtime"}) +
                      "; it has engine and runtime",
                  Fault::usage);
    }
  }
  return {};
}

const Result<EngineFacts>& Docker::facts() const {
  if (!facts_) facts_ = docker::ask_engine(engine_);
  return *facts_;
}

// Whatever is dialled stays in the lab, so each may be itself.
std::map<std::string, std::string> nearby(const Layout& layout) {
  std::map<std::string, std::string> addresses = {
      {"gateway", layout.gateway()}, {"subnet", layout.beside()}, {"metadata", "169.254.169.254"}};
  if (!layout.neighbour().empty()) addresses["neighbour"] = layout.neighbour();
  return addresses;
}

Result<Plan> Docker::prepare(const BottleSpec& spec) const {
  if (const auto possible = docker::check_made_of_images(spec, "docker"); !possible) return fail(possible.error());
  BOTTLE_TRY(const auto known, facts());
  BOTTLE_TRY(const auto taken, docker::subnets_of(engine_));
  BOTTLE_TRY(const auto layout, docker::choose_layout(spec.slug, spec.run_directory, taken));
  BOTTLE_TRY(const auto wrongs, docker::parse_wrongs(spec.wrongs, layout));
  if (wrongs.engine_resolver) {
    if (const auto heard = docker::would_hear_the_engines_resolver(known); !heard) return fail(heard.error());
  }
  const std::string runtime = runtime_.empty() ? known.default_runtime : runtime_;
  if (docker::has_own_network_stack(runtime)) {
    if (auto possible = docker::possible_in_own_stack(wrongs); !possible) return fail(possible.error());
  }
  Plan plan;
  plan.spec = spec;
  plan.guest = platform_named(known.architecture);
  plan.addresses.bundle = layout.bundle();
  plan.addresses.agent = layout.agent();
  plan.addresses.host = warden::host_address();
  plan.addresses.nearby = nearby(layout);
  if (docker::has_own_network_stack(runtime)) plan.patience = kGvisorsPatience;
  const std::string without = known.without_host().empty() ? "the engine's" : known.without_host().back();
  plan.facts = {{"engine", engine_.program() + " " + known.version + ", " + known.system},
                {"runtime", runtime},
                {"network", wrongs.engine_network ? "the engine's default" : without},
                {"subnet", layout.base + "0/24"},
                {"resolver", docker::kResolver},
                {"routes", "lab"},  // whatever is dialled stays in the lab: famous addresses may be
                {"agent image", spec.agent_image.empty() ? "made from this host's programs" : spec.agent_image},
                {"ipv6", "no"}};
  plan.steps = {"make the networks inner (" + layout.inner() + ", internal) and outer (" + layout.outer() +
                    "), and a volume for the lab's doors",
                "start the lab at " + layout.lab() + ", where every address answers",
                "start a keeper for the bundle's network, on both, and one for the agent's, with a route to " +
                    layout.bundle() + " alone",
                "start the agent (" + runtime + "): no capabilities, no new privileges, read-only root, user " +
                    docker::kAgentUser,
                "start a client outside at " + layout.outside(),
                "start the bundle at " + layout.bundle() + " and wait until it listens"};
  for (std::string& step : docker::steps_of(wrongs)) plan.steps.push_back(std::move(step));
  return plan;
}

Result<Containers> Docker::containers_for(const Plan& plan) const {
  Containers containers;
  BOTTLE_TRY(containers.layout, docker::layout_with(plan.spec.slug, plan.spec.run_directory, plan.addresses.bundle));
  BOTTLE_TRY(containers.facts, facts());
  BOTTLE_TRY(containers.wrongs, docker::parse_wrongs(plan.spec.wrongs, containers.layout));
  BOTTLE_TRY(const Install guest, install_.for_guest(plan.guest));
  BOTTLE_TRY(containers.images, docker::ensure_images(engine_, guest, plan.spec, plan.spec.run_directory));
  containers.libexec = guest.libexec.string();
  containers.runtime = runtime_;
  return containers;
}

Result<Started> Docker::launch(const Plan& plan, const LaunchInputs& inputs) {
  Stopwatch phases([](const std::string&) {});
  BOTTLE_TRY(auto containers, phases.time("images", [&] { return containers_for(plan); }));
  BOTTLE_TRY(const auto lab_program, install_.helper("bottle-lab"));
  containers.canary_directory = inputs.host.directory;
  Environment environment = inputs.agent_environment;
  if (containers.wrongs.environment) environment.insert(inputs.host.environment.begin(), inputs.host.environment.end());
  // gVisor's abstract sockets, too, are its own.
  const LabConfig lab = containers.own_network_stack() ? without_abstract_sockets(inputs.lab) : inputs.lab;
  auto bottle = std::make_unique<DockerBottle>(engine_, std::move(containers), std::move(environment));
  if (const auto up = bottle->launch(inputs, lab, lab_program, phases); !up) {
    Error why = up.error();
    if (const auto stopped = bottle->stop(); !stopped) why.what += "; " + stopped.error().what;
    return fail(why);
  }
  return Started{std::move(bottle), phases.phases()};
}

std::vector<std::string> Docker::list_active() const {
  return facts() ? docker::lines_of(docker::left_behind(engine_).remains) : std::vector<std::string>();
}

Result<std::vector<std::string>> Docker::cleanup() {
  BOTTLE_TRY(auto lines, docker::remove_left_behind(engine_));
  BOTTLE_TRY(auto directories, remove_orphans());
  lines.insert(lines.end(), directories.begin(), directories.end());
  return lines;
}

}  // namespace

std::unique_ptr<Backend> make_backend_docker(const Install& install);  // registry.cc
std::unique_ptr<Backend> make_backend_docker(const Install& install) { return std::make_unique<Docker>(install); }

}  // namespace bottle
