#include "backends/command/launch.h"

#include <fcntl.h>

#include "backends/command/preflight.h"
#include "backends/command/sandboxed_bottle.h"
#include "backends/namespaces/addresses.h"
#include "backends/namespaces/host_root.h"
#include "backends/namespaces/kept_paths.h"
#include "harness/process.h"
#include "harness/scene.h"

namespace bottle::command {
namespace {

namespace fs = std::filesystem;
using warden::PhaseLog;
using warden::RunningBottle;

constexpr char kWork[] = "/tmp", kFiles[] = "/run/bottle";

// What the sandbox's host must show although it has a /tmp of its own.
Result<std::vector<std::string>> shown_on_host(const Install& install, const Description& sandbox) {
  std::vector<fs::path> paths = {install.libexec};
  for (const Needed& needed : sandbox.programs) {
    const fs::path program = program_path(needed.name);
    if (program.empty()) return fail(needed.name + " is not in PATH", Fault::unavailable);
    paths.push_back(program);
    for (const std::string& shown : needed.shows) paths.push_back(program.parent_path() / shown);
  }
  return warden::kept_paths(paths);
}

// The host of the sandbox, with the lab's internet at its door and the canaries on its loopback.
Result<std::unique_ptr<RunningBottle>> make_host(const Install& install, const Description& sandbox, const Plan& plan,
                                                 const LaunchInputs& inputs, PhaseLog& phases) {
  BOTTLE_TRY(const auto warden_program, install.helper("bottle-warden"));
  BOTTLE_TRY(const auto lab_program, install.helper("bottle-lab"));
  BOTTLE_TRY(const auto network, warden::choose_network());
  if (network.agent() != plan.addresses.agent) return fail("the host's addresses have changed since the plan was made");
  const fs::path& directory = plan.spec.run_directory;
  warden::SandboxHost host{
      .as_root = sandbox.user == User::root, .canary = inputs.host.directory, .canary_at = plan.canary_directory};
  BOTTLE_TRY(host.keep, shown_on_host(install, sandbox));
  std::vector<fs::path> needed = inputs.bundle_paths;
  needed.insert(needed.end(), {directory, install.libexec, install.share});
  needed.insert(needed.end(), host.keep.begin(), host.keep.end());
  BOTTLE_TRY(const auto kept, warden::kept_paths(needed));

  auto step = phases.now();
  BOTTLE_TRY(auto client, warden::WardenClient::start(warden_program));
  if (auto marked = client.mark(directory); !marked) return fail(marked.error());
  auto place = std::make_unique<RunningBottle>(std::move(client), Environment{}, warden::LetIn{});
  if (auto built = place->build(plan, network, kept, {.host = host}); !built) return fail(built.error());
  if (auto ready = place->await_phase("done", phases); !ready) return fail(ready.error());
  phases.add("host", step);

  step = phases.now();
  BOTTLE_TRY(const auto canaries, place->bind_canaries_inside(inputs.lab.canaries));
  if (auto lab = place->start_lab(lab_program, inputs.lab, canaries, directory / "lab.log"); !lab)
    return fail(lab.error());
  if (auto lab = place->open_lab(); !lab) return fail(lab.error());
  phases.add("lab", step);
  return place;
}

Result<Surroundings> surroundings_of(const Plan& plan, const LaunchInputs& inputs) {
  Surroundings around{.values = {{"{name}", plan.spec.slug},
                                 {"{scratch}", warden::kSandboxScratch},
                                 {"{work}", kWork},
                                 {"{files}", kFiles},
                                 {"{allowed}", kAllowedHost}},
                      .agent = inputs.agent_environment,
                      .host = {{"PATH", kBottlePath}, {"HOME", warden::kHostHome}, {"LANG", "C.UTF-8"}},
                      .echo_socket = inputs.lab.echo_socket,
                      .echo_port = inputs.lab.echo_port,
                      .echo_inside = plan.addresses.echo_inside};
  around.host.insert(inputs.host.environment.begin(), inputs.host.environment.end());
  if (inputs.host.handed_down.empty()) return around;
  around.handed_down = Fd(::open(inputs.host.handed_down.c_str(), O_RDONLY | O_CLOEXEC));
  if (!around.handed_down) return fail_os(inputs.host.handed_down.string());
  return around;
}

}  // namespace

Result<Started> launch(const Install& install, const Description& sandbox, const Plan& plan,
                       const LaunchInputs& inputs) {
  PhaseLog phases;
  BOTTLE_TRY(auto around, surroundings_of(plan, inputs));
  BOTTLE_TRY(auto place, make_host(install, sandbox, plan, inputs, phases));
  RunningBottle& host = *place;
  auto bottle = std::make_unique<SandboxedBottle>(std::move(place), sandbox, std::move(around));

  auto step = phases.now();
  BundleProgram program;
  if (inputs.bundle) {
    BOTTLE_TRY(program, inputs.bundle(bottle->lab()));
  }
  for (const AgentFile& file : inputs.agent_files) {
    if (auto put = bottle->put_file(file); !put) return fail(put.error());
  }
  phases.add("agent-files", step);
  step = phases.now();
  if (auto created = bottle->create(); !created) return fail(created.error());
  phases.add("sandbox", step);
  if (program.before_start) bottle->run_beside(program.before_start);
  if (program.command.argv.empty()) return Started{std::move(bottle), std::move(phases).in_order()};
  step = phases.now();
  if (auto started = host.start_bundle(program); !started) return fail(started.error());
  if (auto up = host.await_bundle(inputs.bundle_timeout); !up) return fail(up.error());
  phases.add("bundle", step);
  return Started{std::move(bottle), std::move(phases).in_order()};
}

}  // namespace bottle::command
