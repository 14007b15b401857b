// The verbs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/bottle.h"
#include "harness/catalogue.h"
#include "harness/cli/exit_code.h"
#include "harness/cli/options.h"
#include "harness/hole.h"
#include "harness/install.h"
#include "harness/plan.h"
#include "harness/profile.h"

namespace bottle {

extern const char* const kVersion;

ExitCode carry_out(const Options& options);

// Prints "bottle-verify: <what>" on stderr.
ExitCode complain(const Error& error);

// What several verbs read.
struct Library {
  Install install = {};
  std::vector<Technique> techniques = {};
  std::vector<Case> cases = {};
  std::vector<Hole> holes = {};

  static Result<Library> read(const Config& config);
};
Result<BundleProfile> read_bundle_profile(const Install& install, const std::string& name_or_file);
// Configured. Fault::usage: there is none of this name, or it does not know an option.
Result<std::unique_ptr<Backend>> backend_named(const Install& install, const std::string& name,
                                               const BackendOptions& options);
// Those that the user means: the one that was named, with its options; else all, each as it is by itself.
Result<std::vector<std::unique_ptr<Backend>>> backends_meant(const Install& install, const Config& config);
std::string default_backend();

ExitCode run_command(const Options& options, const Library& library);
ExitCode selftest_command(const Options& options, const Library& library);
ExitCode bench_command(const Options& options, const Library& library);
ExitCode bench_compare_command(const Options& options, const Library& library);
ExitCode bench_history_command(const Options& options);
ExitCode list_command(const Options& options, const Library& library);
ExitCode explain_command(const Options& options, const Library& library);
ExitCode doctor_command(const Options& options, const Install& install);
ExitCode report_command(const Options& options);

}  // namespace bottle
