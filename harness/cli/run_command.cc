// `run`: from options to a record, its reports and an exit code. Everything that can be wrong with the input is found
// before anything is started.
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <iostream>

#include "harness/cli/commands.h"
#include "harness/cli/progress.h"
#include "harness/cli/report_files.h"
#include "harness/cli/terminal.h"
#include "harness/host_facts.h"
#include "harness/runner.h"
#include "harness/suggestion.h"
#include "reports/console.h"
#include "reports/registry.h"

namespace bottle {
namespace {

std::atomic<bool> interrupted{false};  // written by the signal handler: the one piece of global state

void on_signal(int) {
  if (interrupted.exchange(true)) ::_exit(to_int(ExitCode::interrupted));  // the second time it is meant
}

// Ctrl-C ends the run after the batch in work; reports are written with what there is.
void watch_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
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

Result<RunInputs> run_inputs(const Options& options, const Library& library) {
  RunInputs inputs{
      .config = options.config, .cases = library.cases, .install = library.install, .tool_version = kVersion};
  if (inputs.config.backend.empty()) inputs.config.backend = default_backend();
  if (inputs.config.backend.empty())
    return fail("no default backend on this system; name one with --backend", Fault::usage);
  BOTTLE_TRY(inputs.hole, hole_named(library, options.config.hole));
  BOTTLE_TRY(inputs.profile, read_bundle_profile(library.install, options.config.bundle.profile));
  if (!inputs.hole.bundle.empty() && !inputs.config.bundle.command.empty()) {
    return fail(
        "the hole \"" + inputs.hole.name + "\" is a switch of the reference bundle; leave the bundle command out",
        Fault::usage);
  }
  inputs.host = host_facts();
  BOTTLE_TRY(inputs.variants,
             select_variants(inputs.cases, library.techniques, inputs.config.profile, inputs.config.filters));
  return inputs;
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

ExitCode dry_run(const Backend& backend, const RunInputs& inputs) {
  const auto plan = backend.prepare({.slug = "dry-run",
                                     .run_directory = "/nonexistent/bottle-verify",
                                     .rootfs = inputs.config.rootfs,
                                     .wrongs = inputs.hole.bottle});
  if (!plan) return complain(plan.error());
  std::printf("backend %s, bundle %s, %zu variants of %s profile\n", std::string(backend.name()).c_str(),
              inputs.profile.name.c_str(), inputs.variants.size(), inputs.config.profile.c_str());
  for (const std::string& step : plan->steps) std::printf("  %s\n", step.c_str());
  for (const Variant& variant : inputs.variants)
    std::printf("  try %s[%s]\n", variant.of->info.id.c_str(), variant.name.c_str());
  return ExitCode::held;
}

}  // namespace

ExitCode run_command(const Options& options, const Library& library) {
  watch_signals();
  const auto inputs = run_inputs(options, library);
  if (!inputs) return complain(inputs.error());
  if (inputs->variants.empty()) {
    std::fputs("bottle-verify: nothing selected: the filters leave no variant; see `bottle-verify list variants`\n",
               stderr);
    return ExitCode::nothing_selected;
  }
  const auto backend = backend_named(library.install, inputs->config.backend);
  if (!backend) return complain(backend.error());
  if (options.dry_run) return dry_run(**backend, *inputs);
  auto files = ReportFiles::open(options.config.reports, all_report_formats());
  if (!files) return complain(files.error());
  if (const auto available = check_available(**backend); !available) return complain(available.error());

  const Terminal terminal = Terminal::of(STDERR_FILENO, options.colour);
  Progress progress(terminal, *files);
  const auto record = run_all(**backend, *inputs, progress, interrupted);
  progress.clear();
  if (!record) return complain(record.error());
  const auto written = files->write(*record);
  write_console(
      *record, std::cerr,
      {.colour = terminal.colour, .width = terminal.width, .verbose = options.verbose, .quiet = options.quiet});
  for (const DaemonState& daemon : record->daemons) {
    if (options.quiet && !daemon.listening)
      std::fprintf(stderr, "bottle-verify: %s does not listen on %s\n", daemon.name.c_str(), daemon.address.c_str());
  }
  if (!written) {
    complain(written.error());
    return ExitCode::not_proven;
  }
  return static_cast<ExitCode>(record->exit_code);
}

}  // namespace bottle
