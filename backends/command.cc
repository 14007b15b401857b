// The `command` backend: any sandbox that can run a command, described in TOML (fixtures/sandboxes). The sandbox makes
// the walls; its host, with the lab's internet around it, is a place that bottle-warden makes (namespaces/).
#include "backends/command/description.h"
#include "backends/command/launch.h"
#include "backends/command/preflight.h"
#include "backends/namespaces/addresses.h"
#include "backends/registry.h"

namespace bottle {
namespace {

using command::Description;
using warden::NetworkPlan;

constexpr char kResolver[] = "198.51.100.53";                 // a documentation address, where the lab answers
constexpr char kCanaryDirectory[] = "/home/agent/documents";  // in the home of the sandbox's user

class CommandBackend final : public Backend {
 public:
  explicit CommandBackend(Install install) : install_(std::move(install)) {}

  std::string_view name() const override { return "command"; }
  std::string_view title() const override { return "Any sandbox that can run a command, as a file describes it"; }
  Result<void> configure(const BackendOptions& options) override;
  std::optional<std::string> own_bundle() const override;
  std::vector<Check> preflight() const override;
  Result<Plan> prepare(const BottleSpec& spec) const override;
  Result<Started> launch(const Plan& plan, const LaunchInputs& inputs) override;

 private:
  Result<Description> description() const { return command::description_named(install_.share / "sandboxes", sandbox_); }

  Install install_;
  std::string sandbox_ = "bubblewrap";
};

Result<void> CommandBackend::configure(const BackendOptions& options) {
  for (const auto& [key, value] : options) {
    if (key != "sandbox")
      return fail("the backend command has no option \"" + key + "\"; it has sandbox (a name or a file)", Fault::usage);
    sandbox_ = value;
  }
  if (const auto read = description(); !read) return fail(read.error());
  return {};
}

std::optional<std::string> CommandBackend::own_bundle() const {
  const auto read = description();
  if (!read || read->bundle == "reference") return std::nullopt;
  return read->bundle;
}

std::vector<Check> CommandBackend::preflight() const {
  const auto read = description();
  if (!read) return {{"sandbox", Check::State::missing, read.error().what, "name a sandbox that can be read"}};
  return command::preflight(install_, *read);
}

std::vector<std::string> steps_of(const Description& sandbox, const NetworkPlan& network) {
  std::vector<std::string> steps = {
      "start bottle-warden in new user, pid, mount, ipc and uts namespaces",
      "make the network namespaces host, bundle, internet and outside in " + network.base4 + "0/24",
      "give the sandbox's host a road into the internet, where every address answers, and this machine's files "
      "read-only",
      "bind the canaries on the sandbox's host"};
  const auto add = [&](const std::string& what, const std::vector<std::string>& words) {
    if (words.empty()) return;
    std::string step = what + ":";
    for (const std::string& word : words) step += " " + word;
    steps.push_back(std::move(step));
  };
  add("create", sandbox.create);
  add("for each arm", sandbox.exec);
  add("delete", sandbox.remove);
  return steps;
}

std::map<Boundary, std::string> unclaimed(const Description& sandbox) {
  std::map<Boundary, std::string> reasons;
  for (const Boundary boundary : kBoundaries) {
    if (!sandbox.claims.contains(boundary))
      reasons[boundary] = sandbox.name + " does not promise to keep apart: " + std::string(name_of(boundary));
  }
  return reasons;
}

Result<Plan> CommandBackend::prepare(const BottleSpec& spec) const {
  BOTTLE_TRY(const auto sandbox, description());
  if (!spec.rootfs.empty() || !spec.agent_image.empty() || !spec.bundle_image.empty())
    return fail("the command backend has no images and no rootfs: what the agent sees is its sandbox's business",
                Fault::usage);
  if (!spec.wrongs.empty())
    return fail("the command backend can get nothing wrong on purpose: the walls are not ours", Fault::unsupported);
  BOTTLE_TRY(const auto network, warden::choose_network());
  const bool apart = sandbox.bundle != "reference";
  Plan plan{.spec = spec, .canary_directory = kCanaryDirectory, .unclaimed = unclaimed(sandbox)};
  plan.addresses = {.bundle = apart ? "127.0.0.1" : network.bundle(),
                    .bundle6 = network.base6.empty() ? ""
                               : apart               ? "::1"
                                                     : network.bundle6(),
                    .agent = network.agent(),
                    .agent6 = network.agent6(),
                    .host = network.agent(),
                    .echo_inside = apart};
  plan.addresses.nearby = {
      {"gateway", network.gateway()}, {"subnet", network.beside()}, {"metadata", "169.254.169.254"}};
  if (!network.neighbour().empty()) plan.addresses.nearby["neighbour"] = network.neighbour();
  const std::string version = command::version_of(sandbox);
  plan.facts = {{"sandbox", sandbox.title},
                {"version", version.empty() ? "not said" : version},
                {"resolver", kResolver},
                {"routes", "lab"},
                {"network", network.base4 + "0/24"},
                {"ipv6", network.base6.empty() ? "no" : "yes"}};
  plan.steps = steps_of(sandbox, network);
  return plan;
}

Result<Started> CommandBackend::launch(const Plan& plan, const LaunchInputs& inputs) {
  BOTTLE_TRY(const auto sandbox, description());
  return command::launch(install_, sandbox, plan, inputs);
}

}  // namespace

std::unique_ptr<Backend> make_backend_command(const Install& install);  // registry.cc
std::unique_ptr<Backend> make_backend_command(const Install& install) {
  return std::make_unique<CommandBackend>(install);
}

}  // namespace bottle
