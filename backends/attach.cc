// The `attach` backend: a bottle that runs already, entered by a command that the user names. What can be proven there
// is what needs no internet of ours around it: that it does not reach this host.
#include <algorithm>
#include <cctype>

#include "backends/attach/attached_bottle.h"
#include "backends/attach/preflight.h"
#include "backends/attach/words.h"
#include "backends/namespaces/addresses.h"
#include "backends/namespaces/interfaces.h"
#include "backends/registry.h"
#include "harness/attempt.h"
#include "harness/stopwatch.h"
#include "harness/suggestion.h"

namespace bottle {
namespace {

using attach::AttachedBottle;
using attach::HostSide;
using attach::Presence;
using attach::WayIn;

constexpr int kFirstPort = 20'000, kPorts = 10'000;  // of the echo's doors; below what kernels give away by themselves

class Attach final : public Backend {
 public:
  explicit Attach(Install install) : install_(std::move(install)) {}

  std::string_view name() const override { return "attach"; }
  std::string_view title() const override { return "a bottle that runs already, by a command that leads into it"; }
  Result<void> configure(const BackendOptions& options) override;
  std::optional<std::string> own_bundle() const override { return "none"; }  // whatever it has is not described
  std::vector<Check> preflight() const override { return attach::preflight(install_, way_); }
  Result<Plan> prepare(const BottleSpec& spec) const override;
  Result<Started> launch(const Plan& plan, const LaunchInputs& inputs) override;

 private:
  Install install_;
  WayIn way_;
  RealWorld world_;
};

// "http://10.0.0.2:8888", with or without the scheme. The prober asks no resolver.
Result<std::string> proxy_at(std::string text) {
  const std::string said = text;
  if (text.starts_with("http://")) text.erase(0, 7);
  if (text.ends_with('/')) text.pop_back();
  const Endpoint proxy = parse_endpoint(text);
  if (warden::parse_address(proxy.address).empty() || proxy.port < 1 || proxy.port > 65535)
    return fail("\"" + said +
                    "\" is no proxy: write its address in numbers as the bottle sees it, and its port, such as "
                    "http://10.0.0.2:8888",
                Fault::usage);
  return to_string(proxy);
}

Result<std::string> host_name(const std::string& text) {
  const auto in_names = [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '-'; };
  const bool is_name = !text.empty() && std::all_of(text.begin(), text.end(), in_names);
  if (!is_name || text.size() > 253 || text.front() == '.' || text.back() == '.')
    return fail("\"" + text + "\" is no host: write its name alone, such as api.example.org", Fault::usage);
  return text;
}

Result<std::string> variable_name(const std::string& text) {
  const bool is_name =
      !text.empty() && (text.front() < '0' || text.front() > '9') &&
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == text.npos;
  if (!is_name) return fail("\"" + text + "\" is no variable's name; its value is not asked for", Fault::usage);
  return text;
}

Result<void> Attach::configure(const BackendOptions& options) {
  for (const auto& [key, value] : options) {
    if (key == "exec") {
      auto words = attach::split_words(value);
      if (!words) return fail("the command in exec cannot be read: " + words.error().what, Fault::usage);
      way_.words = std::move(*words);
    } else if (key == "allowed") {
      BOTTLE_TRY(world_.allowed_host, host_name(value));
    } else if (key == "proxy") {
      BOTTLE_TRY(world_.proxy, proxy_at(value));
    } else if (key == "secret-env") {
      BOTTLE_TRY(world_.secret_variable, variable_name(value));
    } else {
      return fail("the attach backend has no option \"" + key + "\"" +
                      suggestion(key, {"exec", "allowed", "proxy", "secret-env"}) +
                      "; it has exec, allowed, proxy and secret-env",
                  Fault::usage);
    }
  }
  if (way_.words.empty())
    return fail("which bottle? Name a command that runs another in it: --exec 'docker exec -i NAME'", Fault::usage);
  return {};
}

int echo_port(const std::string& slug) {
  unsigned sum = 0;
  for (const char c : slug) sum = sum * 31 + static_cast<unsigned char>(c);
  return kFirstPort + static_cast<int>(sum % static_cast<unsigned>(kPorts));
}

// Where it has no routes to show, or no sh, the host has no address there that we could know of.
std::string gateway_of(const WayIn& way) {
  const auto routes = way.run({"sh", "-c", "cat /proc/net/route"});
  return routes && succeeded(*routes) ? attach::own_address_among(routes->out) : "";
}

// Empty: as this machine, as far as anybody can say.
std::string platform_of(const WayIn& way) {
  const auto names = way.run({"uname", "-sm"});
  return names && succeeded(*names) ? platform_named(names->out) : "";
}

Result<Plan> Attach::prepare(const BottleSpec& spec) const {
  if (!spec.rootfs.empty() || !spec.agent_image.empty() || !spec.bundle_image.empty())
    return fail("a bottle that runs already takes no image and no rootfs", Fault::usage);
  if (!spec.wrongs.empty())
    return fail("the attach backend can get nothing wrong on purpose: the bottle is not ours", Fault::unsupported);
  const std::string gateway = gateway_of(way_);
  Plan plan{.spec = spec, .real_world = world_, .agent_directory = ".", .guest = platform_of(way_)};
  plan.addresses = {.bundle = "127.0.0.1",
                    .bundle6 = "::1",
                    .host = gateway.empty() ? warden::host_address() : gateway,  // the nearest
                    .echo_port = echo_port(spec.slug),
                    .echo_inside = true};
  if (!gateway.empty()) plan.addresses.nearby = {{"gateway", gateway}};
  plan.facts = {{"way in", way_.text()},
                {"allowed host", world_.allowed_host.empty() ? "none was named" : world_.allowed_host},
                {"proxy", world_.proxy.empty() ? "none was named" : world_.proxy}};
  plan.notes = {
      "around a bottle that runs already there is no internet of ours: of what would be seen there nothing can be "
      "proven, so the best exit code of a whole run is 3. What can be proven is localhost-reach: "
      "-f 'localhost-reach.*' -f '!*via=proxy*'"};
  if (!world_.secret_variable.empty())
    plan.notes.push_back(world_.allowed_host.empty()
                             ? "no allowed host was named, so the bottle's own " + world_.secret_variable +
                                   " was sent nowhere"
                             : "the bottle's own " + world_.secret_variable + " is sent to " + world_.allowed_host +
                                   ", in a header over verified TLS, where the case http-exfil.header is tried with "
                                   "https and the generic secret and nothing stops it");
  plan.steps = {"bind the canaries on this host, and a lab that hears them",
                "plant bottle-hand and the prober in a private directory of the bottle: " + way_.text() + " sh",
                "open the echo's doors on the bottle's loopback, port " + std::to_string(plan.addresses.echo_port),
                "for each arm: " + way_.text() + " DIRECTORY/bottle-hand exec", "remove the directory"};
  return plan;
}

Result<Started> Attach::launch(const Plan& plan, const LaunchInputs& inputs) {
  Stopwatch phases([](const std::string&) {});
  const std::filesystem::path& directory = plan.spec.run_directory;
  BOTTLE_TRY(const auto lab_program, install_.helper("bottle-lab"));
  BOTTLE_TRY(const Install guest, install_.for_guest(plan.guest));
  BOTTLE_TRY(const auto hand, guest.helper("bottle-hand"));
  const auto gateway = plan.addresses.nearby.find("gateway");
  BOTTLE_TRY(auto host, phases.time("lab", [&] {
    return HostSide::start(lab_program, inputs.lab, gateway == plan.addresses.nearby.end() ? "" : gateway->second,
                           directory / "lab.log");
  }));
  BOTTLE_TRY(auto presence, phases.time("plant", [&] {
    return Presence::begin(way_, {.name = "bottle-verify-" + plan.spec.slug,
                                  .hand = hand,
                                  .echo_port = plan.addresses.echo_port,
                                  .echo_name = inputs.lab.echo_socket,
                                  .connect = host.connect,
                                  .log = directory / "attach.log"});
  }));
  auto bottle = std::make_unique<AttachedBottle>(way_, std::move(host), std::move(presence), inputs.agent_environment);
  if (auto put = phases.time("agent-files", [&] { return bottle->put_files(inputs.agent_files); }); !put)
    return fail(put.error());
  if (inputs.bundle) {
    if (auto program = inputs.bundle(bottle->lab()); !program) return fail(program.error());
  }
  return Started{std::move(bottle), phases.phases()};
}

}  // namespace

std::unique_ptr<Backend> make_backend_attach(const Install& install);  // registry.cc
std::unique_ptr<Backend> make_backend_attach(const Install& install) { return std::make_unique<Attach>(install); }

}  // namespace bottle
