#include "harness/cli/run_inputs.h"

#include <unistd.h>
#include <csignal>

#include "harness/host_facts.h"
#include "harness/suggestion.h"

namespace bottle {
namespace {

constexpr int kRunDeadlineMs = 10'000;

std::atomic<bool> interrupted{false};  // written by the signal handler: the one piece of global state

void on_signal(int) {
  if (interrupted.exchange(true)) ::_exit(to_int(ExitCode::interrupted));  // the second time it is meant
}

Result<Hole> hole_named(const Library& library, const std::string& name) {
  if (name.empty()) return Hole{};
  std::vector<std::string> names;
  for (const Hole& hole : library.holes) {
    if (hole.name == name) return hole;
    names.push_back(hole.name);
  }
  return fail("unknown hole \"" + name + "\"" + suggestion(name, names), Fault::usage);
}

}  // namespace

const std::atomic<bool>& watch_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return interrupted;
}

Result<RunInputs> run_inputs(const Options& options, const Library& library) {
  RunInputs inputs{
      .config = options.config, .cases = &library.cases, .install = library.install, .tool_version = kVersion};
  if (inputs.config.backend.empty()) inputs.config.backend = default_backend();
  if (inputs.config.deadline_ms == 0) inputs.config.deadline_ms = kRunDeadlineMs;
  BOTTLE_TRY(inputs.hole, hole_named(library, options.config.hole));
  BOTTLE_TRY(inputs.profile, read_bundle_profile(library.install, options.config.bundle.profile));
  if (!inputs.hole.bundle.empty() && !is_reference(inputs.config.bundle)) {
    return fail("the hole \"" + inputs.hole.name +
                    "\" is a switch of the reference bundle; leave the bundle command and image out",
                Fault::usage);
  }
  inputs.host = host_facts();
  BOTTLE_TRY(inputs.variants,
             select_variants(library.cases, library.techniques, inputs.config.profile, inputs.config.filters));
  return inputs;
}

Result<void> take_own_bundle(const Backend& backend, const Library& library, RunInputs& inputs) {
  const auto own = backend.own_bundle();
  if (!own) return {};
  BundleChoice& bundle = inputs.config.bundle;
  if (!is_reference(bundle) || !inputs.hole.bundle.empty())
    return fail("this sandbox's bundle is \"" + *own + "\", its own; leave the bundle and the hole out", Fault::usage);
  bundle = {.profile = *own, .own = true};
  BOTTLE_TRY(inputs.profile, read_bundle_profile(library.install, *own));
  return {};
}

Result<void> check_available(const Backend& backend) {
  for (const Check& check : backend.preflight()) {
    if (check.state != Check::State::missing) continue;
    return fail("backend " + std::string(backend.name()) + " is not available: " + check.name + ": " + check.found +
                    (check.fix.empty() ? "" : "; " + check.fix),
                Fault::unavailable);
  }
  return {};
}

}  // namespace bottle
