// `list` and `explain`: what there is, from the same data that a run uses.
#include <cstdio>

#include "backends/registry.h"
#include "harness/cli/commands.h"
#include "harness/suggestion.h"
#include "harness/toml_file.h"
#include "reports/bench/formats.h"
#include "reports/registry.h"

namespace bottle {
namespace {

void row(std::string_view name, std::string_view text) {
  std::printf("%-32.*s  %.*s\n", static_cast<int>(name.size()), name.data(), static_cast<int>(text.size()),
              text.data());
}

ExitCode list_variants(const Options& options, const Library& library) {
  const auto variants =
      select_variants(library.cases, library.techniques, options.config.profile, options.config.filters);
  if (!variants) return complain(variants.error());
  for (const Variant& variant : *variants) std::printf("%s[%s]\n", variant.of->info.id.c_str(), variant.name.c_str());
  return variants->empty() ? ExitCode::nothing_selected : ExitCode::held;
}

}  // namespace

ExitCode list_command(const Options& options, const Library& library) {
  const std::string what = options.arguments.empty() ? "cases" : options.arguments.front();
  if (what == "variants") return list_variants(options, library);
  if (what == "cases") {
    for (const Case& one : library.cases) row(one.info.id, one.info.title);
  } else if (what == "backends") {
    for (const auto& backend : all_backends(library.install)) row(backend->name(), backend->title());
  } else if (what == "formats") {
    for (const ReportFormat& format : all_report_formats()) row(format.name, format.title);
  } else if (what == "bench-formats") {
    for (const BenchFormat& format : all_bench_formats()) row(format.name, format.title);
  } else if (what == "holes") {
    for (const Hole& hole : library.holes) row(hole.name, hole.title);
  } else if (what == "techniques") {
    for (const Technique& technique : library.techniques) {
      std::string parameters;
      for (const auto& [name, values] : technique.parameters) parameters += (parameters.empty() ? "" : ", ") + name;
      row(technique.name, parameters);
    }
  } else if (what == "bundles") {
    const auto files = toml_files_in(library.install.share / "bundles", "folder of bundle profiles");
    if (!files) return complain(files.error());
    for (const auto& file : *files) row(file.stem().string(), file.string());
  } else {
    return complain({Fault::usage, "cannot list \"" + what + "\"" +
                                       suggestion(what, {"cases", "variants", "backends", "formats", "bench-formats",
                                                         "holes", "bundles", "techniques"})});
  }
  return ExitCode::held;
}

ExitCode explain_command(const Options& options, const Library& library) {
  const std::string& id = options.arguments.front();
  std::vector<std::string> ids;
  for (const Case& one : library.cases) {
    ids.push_back(one.info.id);
    if (one.info.id != id) continue;
    std::printf("%s  (%s)\n%s\n\n", one.info.id.c_str(), one.info.severity.c_str(), one.info.title.c_str());
    std::printf("Why it matters   %s\nWhen it leaks    %s\n", one.info.why.c_str(), one.info.fix.c_str());
    if (one.info.cwe != 0) std::printf("CWE              %d\n", one.info.cwe);
    if (!one.info.attack.empty()) std::printf("ATT&CK           %s\n", one.info.attack.c_str());
    for (const std::string& reference : one.info.references) std::printf("Reference        %s\n", reference.c_str());
    std::printf("Contained when   ");
    for (std::size_t i = 0; i < one.expect.size(); ++i)
      std::printf("%s%s", i == 0 ? "" : ", ", std::string(name_of(one.expect[i])).c_str());
    if (one.expect.empty()) std::printf("stopped in any way");
    std::printf("\nTechnique        %s, profile %s\n\nVariants\n", one.technique.c_str(), one.profile.c_str());
    for (const auto& [name, choice] : combinations(one.parameters))
      std::printf("  %s[%s]\n", one.info.id.c_str(), name.c_str());
    return ExitCode::held;
  }
  return complain({Fault::usage, "no case \"" + id + "\"" + suggestion(id, ids)});
}

}  // namespace bottle
