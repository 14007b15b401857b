// The `namespaces` backend: Linux namespaces, seccomp and no capabilities, without any container engine. As root or as
// an ordinary user. The walls are made by a program of their own, bottle-warden (namespaces/main.cc); this is its
// driver.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <system_error>

#include "backends/namespaces/addresses.h"
#include "backends/namespaces/kept_paths.h"
#include "backends/namespaces/preflight.h"
#include "backends/namespaces/running_bottle.h"
#include "backends/namespaces/wrongs.h"
#include "backends/registry.h"

namespace bottle {
namespace {

namespace fs = std::filesystem;
using warden::LetIn;
using warden::NetworkPlan;
using warden::PhaseLog;
using warden::RunningBottle;
using warden::Wrongs;

constexpr char kResolver[] = "198.51.100.53";  // a documentation address; in the lab's internet every address answers

std::string network_fact(const NetworkPlan& network) {
  return network.base4 + "0/24" + (network.base6.empty() ? "" : ", " + network.base6 + ":/48");
}

// Whatever is dialled stays in the lab, so each may be itself.
std::map<std::string, std::string> nearby(const NetworkPlan& network) {
  std::map<std::string, std::string> addresses = {
      {"gateway", network.gateway()}, {"subnet", network.beside()}, {"metadata", "169.254.169.254"}};
  if (!network.neighbour().empty()) addresses["neighbour"] = network.neighbour();
  return addresses;
}

class Namespaces final : public Backend {
 public:
  explicit Namespaces(Install install) : install_(std::move(install)) {}

  std::string_view name() const override { return "namespaces"; }
  std::string_view title() const override { return "Linux namespaces, seccomp, no capabilities"; }
  std::vector<Check> preflight() const override { return warden::preflight(install_); }

  Result<Plan> prepare(const BottleSpec& spec) const override;
  Result<Started> launch(const Plan& plan, const LaunchInputs& inputs) override;
  bool has_walls_alone() const override { return true; }

 private:
  Install install_;
};

Result<Plan> Namespaces::prepare(const BottleSpec& spec) const {
  std::error_code error;
  if (!spec.rootfs.empty() && !fs::is_directory(spec.rootfs, error)) {
    return fail(spec.rootfs.string() + ": the rootfs is no directory", Fault::usage);
  }
  if (!spec.agent_image.empty() || !spec.bundle_image.empty())
    return fail("the namespaces backend has no images; use --rootfs and a bundle command", Fault::usage);
  BOTTLE_TRY(const auto network, warden::choose_network());
  BOTTLE_TRY(const auto wrongs, warden::parse_wrongs(spec.wrongs, network));
  Plan plan;
  plan.spec = spec;
  plan.addresses = {.bundle = network.bundle(),
                    .bundle6 = network.bundle6(),
                    .agent = network.agent(),
                    .agent6 = network.agent6(),
                    .host = network.host_address};
  plan.addresses.nearby = nearby(network);
  plan.facts = {{"network", network_fact(network)},
                {"resolver", kResolver},
                {"routes", "lab"},  // whatever is dialled stays in the lab: famous addresses may be
                {"rootfs", spec.rootfs.empty() ? "host system directories, read-only" : spec.rootfs.string()},
                {"privilege",
                 ::geteuid() == 0 ? "root; the agent is host uid 2000000001" : "ordinary user; the agent is that user"},
                {"ipv6", network.base6.empty() ? "no" : "yes"}};
  plan.steps = {
      "start bottle-warden in new user, pid, mount, ipc and uts namespaces",
      "make the network namespaces agent, bundle, internet and outside in " + network_fact(network),
      "join agent-bundle, bundle-internet and outside-internet; no forwarding in the bundle",
      "start bottle-lab in the internet, where every address answers",
      "build the agent's root: " + plan.facts["rootfs"],
      "confine the agent: no capabilities, no_new_privs, seccomp, own user, pid, mount, ipc, uts and cgroup namespaces",
      "start the bundle at " + network.bundle() + " and wait until it listens"};
  for (std::string& step : warden::steps_of(wrongs)) plan.steps.push_back(std::move(step));
  return plan;
}

// Nothing, in a sound bottle; the environment is laid under the agent's own.
Result<LetIn> through_holes(const Wrongs& wrongs, const HostSide& host) {
  LetIn let_in{.abstract_socket = wrongs.abstract_socket};
  if (wrongs.mount_canary) let_in.directory = host.directory;
  if (wrongs.environment) let_in.environment = host.environment;
  if (!wrongs.descriptor) return let_in;
  let_in.handed_down = Fd(::open(host.handed_down.c_str(), O_RDONLY | O_CLOEXEC));
  if (!let_in.handed_down) return fail_os(host.handed_down.string());
  return let_in;
}

// The bundle is started while the agent's place is still being made, unless somebody has to be there before it.
Result<void> start_agent_and_bundle(RunningBottle& bottle, const LaunchInputs& inputs, PhaseLog& phases) {
  if (!inputs.bundle) return bottle.await_phase("done", phases);
  auto step = phases.now();
  BOTTLE_TRY(const BundleProgram program, inputs.bundle(bottle.lab()));
  if (!program.own_files.empty())
    return fail("this bundle's profile has files for an image; the namespaces backend has none", Fault::usage);
  phases.add("bundle-prepare", step);
  step = phases.now();
  if (!program.before_start) {
    if (auto started = bottle.start_bundle(program); !started) return started;
  }
  if (auto agent = bottle.await_phase("done", phases); !agent) return agent;
  if (program.before_start) {
    bottle.run_beside(program.before_start);
    if (auto started = bottle.start_bundle(program); !started) return started;
  }
  if (auto up = bottle.await_bundle(inputs.bundle_timeout); !up) return up;
  phases.add("bundle", step);
  return {};
}

Result<Started> Namespaces::launch(const Plan& plan, const LaunchInputs& inputs) {
  PhaseLog phases;
  BOTTLE_TRY(const auto warden_program, install_.helper("bottle-warden"));
  BOTTLE_TRY(const auto lab_program, install_.helper("bottle-lab"));
  BOTTLE_TRY(const auto network, warden::choose_network());
  if (network.bundle() != plan.addresses.bundle)
    return fail("the host's addresses have changed since the plan was made");
  BOTTLE_TRY(const auto wrongs, warden::parse_wrongs(plan.spec.wrongs, network));
  BOTTLE_TRY(auto let_in, through_holes(wrongs, inputs.host));
  std::vector<fs::path> needed = inputs.bundle_paths;
  needed.insert(needed.end(),
                {let_in.directory, plan.spec.run_directory, install_.libexec, install_.share, plan.spec.rootfs});
  BOTTLE_TRY(const auto kept, warden::kept_paths(needed));
  const fs::path& directory = plan.spec.run_directory;

  auto step = phases.now();
  BOTTLE_TRY(auto client, warden::WardenClient::start(warden_program, inputs.walls_alone));
  const auto created = phases.now();
  if (auto marked = client.mark(directory); !marked) return fail(marked.error());
  auto bottle = std::make_unique<RunningBottle>(std::move(client), inputs.agent_environment, std::move(let_in));
  phases.add("warden", step);
  if (inputs.walls_alone) {
    const auto built = bottle->build(plan, network, kept, {.files = inputs.agent_files, .alone = true});
    if (!built) return fail(built.error());
    if (auto agent = bottle->await_phase("done", phases); !agent) return fail(agent.error());
    return Started{std::move(bottle), std::move(phases).in_order(), created};
  }

  // The lab's process comes up, the agent's root is built and the links are made at the same time.
  step = phases.now();
  BOTTLE_TRY(const auto canaries, warden::bind_canaries(inputs.lab.canaries));
  if (auto lab = bottle->start_lab(lab_program, inputs.lab, canaries, directory / "lab.log"); !lab)
    return fail(lab.error());
  const auto built = bottle->build(plan, network, kept, {.files = inputs.agent_files});
  if (!built) return fail(built.error());
  if (auto links = bottle->await_phase("links", phases); !links) return fail(links.error());
  if (auto lab = bottle->open_lab(); !lab) return fail(lab.error());
  if (auto forwarded = bottle->forward(wrongs.forwards); !forwarded) return fail(forwarded.error());
  phases.add("lab", step);

  if (auto up = start_agent_and_bundle(*bottle, inputs, phases); !up) return fail(up.error());
  return Started{std::move(bottle), std::move(phases).in_order(), created};
}

}  // namespace

std::unique_ptr<Backend> make_backend_namespaces(const Install& install);  // registry.cc
std::unique_ptr<Backend> make_backend_namespaces(const Install& install) {
  return std::make_unique<Namespaces>(install);
}

}  // namespace bottle
