// `run`: from options to a record, its reports and an exit code. Everything that can be wrong with the input is found
// before anything is started.
#include <unistd.h>
#include <cstdio>
#include <iostream>

#include "harness/cli/commands.h"
#include "harness/cli/progress.h"
#include "harness/cli/report_files.h"
#include "harness/cli/run_inputs.h"
#include "harness/cli/terminal.h"
#include "reports/console.h"
#include "reports/registry.h"

namespace bottle {
namespace {

// What follows the first line of a step is part of it: commands, a file.
std::string indented(const std::string& step) {
  std::string text;
  for (const char c : step) text += c == '\n' ? "\n      " : std::string(1, c);
  return text;
}

ExitCode dry_run(const Backend& backend, const RunInputs& inputs) {
  const auto plan = backend.prepare(bottle_spec(inputs, "dry-run", "/nonexistent/bottle-verify"));
  if (!plan) return complain(plan.error());
  std::printf("backend %s, bundle %s, %zu variants of %s profile\n", std::string(backend.name()).c_str(),
              inputs.profile.name.c_str(), inputs.variants.size(), inputs.config.profile.c_str());
  for (const std::string& step : plan->steps) std::printf("  %s\n", indented(step).c_str());
  for (const Variant& variant : inputs.variants)
    std::printf("  try %s[%s]\n", variant.of->info.id.c_str(), variant.name.c_str());
  return ExitCode::held;
}

}  // namespace

ExitCode run_command(const Options& options, const Library& library) {
  const std::atomic<bool>& stop = watch_signals();
  auto inputs = run_inputs(options, library);
  if (!inputs) return complain(inputs.error());
  if (inputs->variants.empty()) {
    std::fputs("bottle-verify: nothing selected: the filters leave no variant; see `bottle-verify list variants`\n",
               stderr);
    return ExitCode::nothing_selected;
  }
  const auto backend = backend_named(library.install, inputs->config.backend, inputs->config.options);
  if (!backend) return complain(backend.error());
  if (const auto taken = take_own_bundle(**backend, library, *inputs); !taken) return complain(taken.error());
  if (options.dry_run) return dry_run(**backend, *inputs);
  auto files = ReportFiles::open(options.config.reports, all_report_formats());
  if (!files) return complain(files.error());
  if (const auto available = check_available(**backend); !available) return complain(available.error());

  const Terminal terminal = Terminal::of(STDERR_FILENO, options.colour);
  Progress progress(terminal, *files);
  const auto record = run_all(**backend, *inputs, progress, stop);
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
