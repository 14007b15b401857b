// `selftest`: bottles that are wrong on purpose, several at once, and what each promised held against what was found.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <thread>

#include "harness/cli/report_files.h"
#include "harness/cli/run_inputs.h"
#include "harness/cli/terminal.h"
#include "harness/selftest_run.h"
#include "harness/suggestion.h"
#include "reports/selftest_json.h"
#include "reports/selftest_text.h"

namespace bottle {
namespace {

constexpr int kDeadlineMs = 5000;  // a bottle that hangs takes several

class Counting final : public SelftestObserver {
 public:
  explicit Counting(const Terminal& terminal) : terminal_(terminal) {}
  void ran(const SelftestBottle& bottle, std::size_t done, std::size_t all) override {
    if (!terminal_.interactive) return;
    std::fprintf(stderr, "\r\033[K%zu of %zu bottles, %s", done, all, bottle.name.c_str());
    if (done == all) std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
  }

 private:
  const Terminal& terminal_;
};

Result<std::vector<Hole>> chosen_holes(const Library& library, const std::vector<std::string>& names) {
  if (names.empty()) return library.holes;
  std::vector<std::string> known;
  for (const Hole& hole : library.holes) known.push_back(hole.name);
  std::vector<Hole> holes;
  for (const std::string& name : names) {
    const auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end()) return fail("unknown hole \"" + name + "\"" + suggestion(name, known), Fault::usage);
    holes.push_back(library.holes[static_cast<std::size_t>(found - known.begin())]);
  }
  return holes;
}

// The sample, unless the user asked for all of the catalogue, or for a part of it.
Result<SelftestInputs> selftest_inputs(Options options, const Library& library) {
  if (options.config.deadline_ms == 0) options.config.deadline_ms = kDeadlineMs;
  if (options.config.profile == Config{}.profile) options.config.profile = "sample";
  if (!is_reference(options.config.bundle))
    return fail("the self-test needs the reference bundle; leave the bundle command and image out", Fault::usage);
  if (!options.config.hole.empty())
    return fail("--hole is for one run; name holes behind `selftest` instead", Fault::usage);
  SelftestInputs inputs;
  BOTTLE_TRY(inputs.run, run_inputs(options, library));
  BOTTLE_TRY(inputs.holes, chosen_holes(library, options.arguments));
  BOTTLE_TRY(const auto all, select_variants(library.cases, library.techniques, "full", {}));
  for (const Hole& hole : inputs.holes) {
    if (const auto checked = check_promises(hole, all); !checked) return fail(checked.error());
  }
  inputs.jobs = options.jobs;
  inputs.make_backend = [&library, config = inputs.run.config] {
    return backend_named(library.install, config.backend, config.options);
  };
  return inputs;
}

ExitCode exit_code_of(const SelftestRecord& record) {
  if (record.interrupted) return ExitCode::interrupted;
  return figures_of(record).sound() ? ExitCode::held : ExitCode::leaked;
}

}  // namespace

ExitCode selftest_command(const Options& options, const Library& library) {
  const std::atomic<bool>& stop = watch_signals();
  auto inputs = selftest_inputs(options, library);
  if (!inputs) return complain(inputs.error());
  const auto backend = inputs->make_backend();
  if (!backend) return complain(backend.error());
  if (inputs->jobs == 0)
    inputs->jobs = (*backend)->at_once(std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
  const auto files = open_targets(options.config.reports, {"json", "text"});
  if (!files) return complain(files.error());
  if (const auto available = check_available(**backend); !available) return complain(available.error());

  const Terminal terminal = Terminal::of(STDERR_FILENO, options.colour);
  Counting counting(terminal);
  const SelftestRecord record = run_selftest(*inputs, counting, stop);
  Result<void> written;
  for (std::size_t i = 0; i < files->size(); ++i) {
    const bool json = options.config.reports[i].format == "json";
    if (const auto done = (*files)[i].write(json ? selftest_json(record) : selftest_text(record)); !done)
      written = done;
  }
  write_selftest(
      record, std::cerr,
      {.colour = terminal.colour, .width = terminal.width, .verbose = options.verbose, .quiet = options.quiet});
  if (written) return exit_code_of(record);
  complain(written.error());
  return ExitCode::not_proven;
}

}  // namespace bottle
