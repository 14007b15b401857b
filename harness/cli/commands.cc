#include "harness/cli/commands.h"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

#include "attacks/registry.h"
#include "backends/registry.h"
#include "harness/cli/report_files.h"
#include "harness/suggestion.h"
#include "harness/toml_file.h"
#include "reports/registry.h"

namespace bottle {

const char* const kVersion = BOTTLE_VERSION;

ExitCode complain(const Error& error) {
  std::fprintf(stderr, "bottle-verify: %s\n", error.what.c_str());
  return exit_code_of(error);
}

std::string default_backend() {
#ifdef __linux__
  return "namespaces";
#else
  return "smolmachines";  // what a release is accepted by
#endif
}

Result<Library> Library::read(const Config& config) {
  Library library;
  BOTTLE_TRY(library.install, Install::locate());
  library.techniques = all_techniques();
  std::vector<std::string> names;
  for (const Technique& technique : library.techniques) names.emplace_back(technique.name);
  std::vector<std::filesystem::path> folders = {library.install.share / "catalogue"};
  folders.insert(folders.end(), config.catalogues.begin(), config.catalogues.end());
  BOTTLE_TRY(library.cases, read_catalogues(folders, names));
  BOTTLE_TRY(library.holes, Hole::read_all(library.install.share / "holes"));
  return library;
}

Result<BundleProfile> read_bundle_profile(const Install& install, const std::string& name_or_file) {
  if (is_profile_file(name_or_file)) return BundleProfile::read(name_or_file);
  const auto file = install.share / "bundles" / (name_or_file + ".toml");
  if (std::filesystem::exists(file)) return BundleProfile::read(file);
  std::vector<std::string> names;
  BOTTLE_TRY(const auto files, toml_files_in(install.share / "bundles", "folder of bundle profiles"));
  for (const auto& one : files) names.push_back(one.stem());
  return fail("unknown bundle profile \"" + name_or_file + "\"" + suggestion(name_or_file, names), Fault::usage);
}

Result<std::unique_ptr<Backend>> backend_named(const Install& install, const std::string& name,
                                               const BackendOptions& options) {
  std::vector<std::string> names;
  for (auto& backend : all_backends(install)) {
    names.emplace_back(backend->name());
    if (backend->name() != name) continue;
    if (const auto configured = backend->configure(options); !configured) return fail(configured.error());
    return std::move(backend);
  }
  return fail("unknown backend \"" + name + "\"" + suggestion(name, names), Fault::usage);
}

Result<std::vector<std::unique_ptr<Backend>>> backends_meant(const Install& install, const Config& config) {
  if (config.backend.empty()) return all_backends(install);
  BOTTLE_TRY(auto backend, backend_named(install, config.backend, config.options));
  std::vector<std::unique_ptr<Backend>> one;
  one.push_back(std::move(backend));
  return one;
}

ExitCode report_command(const Options& options) {
  const std::string& file = options.arguments.front();
  std::ifstream in(file, std::ios::binary);
  if (!in) return complain({Fault::usage, "cannot read the record " + file + ": " + std::strerror(errno)});
  std::stringstream text;
  text << in.rdbuf();
  const auto record = record_from_json(text.str());
  if (!record) return complain({Fault::usage, file + ": " + record.error().what});
  std::vector<ReportTarget> targets = options.config.reports;
  if (targets.empty()) targets = {{"text", "-"}};
  const auto files = ReportFiles::open(targets, all_report_formats());
  if (!files) return complain(files.error());
  if (const auto written = files->write(*record); !written) return complain(written.error());
  return ExitCode::held;
}

namespace {

ExitCode cleanup_command(const Options& options, const Install& install) {
  ExitCode code = ExitCode::held;
  int removed = 0;
  bool looked_everywhere = true;
  const auto backends = backends_meant(install, options.config);
  if (!backends) return complain(backends.error());
  for (const auto& backend : *backends) {
    const auto lines = backend->cleanup();
    if (!lines) {
      // Of an engine that nobody named and that does not run here nobody need be told more than that.
      const bool only_absent = options.config.backend.empty() && lines.error().fault == Fault::unavailable;
      if (const ExitCode told = complain(lines.error()); !only_absent) code = told;
      looked_everywhere = false;
      continue;
    }
    for (const std::string& line : *lines) std::fprintf(stderr, "removed %s\n", line.c_str());
    removed += static_cast<int>(lines->size());
  }
  if (removed == 0 && looked_everywhere) std::fputs("nothing was left behind\n", stderr);
  return code;
}

}  // namespace

ExitCode carry_out(const Options& options) {
  if (options.verb == "report") return report_command(options);
  if (options.verb == "bench-history") return bench_history_command(options);
  if (options.verb == "doctor" || options.verb == "cleanup") {
    const auto install = Install::locate();
    if (!install) return complain(install.error());
    return options.verb == "doctor" ? doctor_command(options, *install) : cleanup_command(options, *install);
  }
  const auto library = Library::read(options.config);
  if (!library) return complain(library.error());
  if (options.verb == "list") return list_command(options, *library);
  if (options.verb == "selftest") return selftest_command(options, *library);
  if (options.verb == "bench") return bench_command(options, *library);
  if (options.verb == "bench-compare") return bench_compare_command(options, *library);
  if (options.verb == "explain") return explain_command(options, *library);
  return run_command(options, *library);
}

}  // namespace bottle
