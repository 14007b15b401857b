#include "harness/config.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/profile.h"
#include "harness/suggestion.h"
#include "harness/toml_file.h"

namespace bottle {
namespace {

constexpr int kMostMilliseconds = 600'000;

// A file that a configuration names lies beside it.
std::string beside(const std::filesystem::path& config, const std::string& name) {
  if (!is_profile_file(name) || name.starts_with('/') || config.parent_path().empty()) return name;
  return (config.parent_path() / name).string();
}

BundleChoice read_bundle(const TomlTable& root, const std::filesystem::path& config) {
  BundleChoice choice;
  if (root.is_text("bundle")) {
    const std::string name = root.required_text("bundle");
    if (name != "reference" && !name.empty())
      root.wrong("bundle", fmt::format("unknown bundle \"{}\": it is \"reference\" or {{ command = [...], image = "
                                       "\"NAME\", profile = \"FILE\" }}",
                                       name));
    return choice;
  }
  const auto table = root.table("bundle");
  if (!table) return choice;
  choice.command = table->texts("command");
  choice.image = table->text("image");
  const bool no_command = choice.command.empty() || choice.command.front().empty();
  if (no_command && choice.image.empty())
    table->wrong("command", "\"command\" in [bundle] must name a program, or \"image\" an image");
  // Without one, the reference's ports and denials would be a guess.
  choice.profile = beside(config, table->required_text("profile"));
  return choice;
}

}  // namespace

Result<ReportTarget> parse_report_target(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    return fail(fmt::format("\"{}\" is no report: write FORMAT=FILE, such as junit=out/junit.xml", text), Fault::usage);
  return ReportTarget{.format = text.substr(0, equals), .file = text.substr(equals + 1)};
}

Result<std::pair<std::string, std::string>> parse_option(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return fail(fmt::format("\"{}\" is no option of a backend: write KEY=VALUE, such as runtime=runsc", text),
                Fault::usage);
  return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

namespace {

// [[budget]] contender = "namespaces", metric = "cold_start", statistic = "median", limit-ms = 60
std::vector<Budget> read_budgets(const TomlTable& root) {
  constexpr int kLongest = 24 * 3600 * 1000;
  std::vector<Budget> budgets;
  for (const TomlTable& table : root.tables("budget")) {
    Budget budget{.contender = table.required_text("contender")};
    const std::string metric = table.text("metric", "cold_start"), statistic = table.text("statistic", "median");
    if (const auto known = bench_metric_named(metric))
      budget.metric = *known;
    else
      table.wrong("metric", fmt::format("unknown metric \"{}\"; cold_start, or a phase: create, start, first_exec, "
                                        "ready, exec_warm, teardown, prepare",
                                        metric));
    if (const auto known = budget_statistic_named(statistic))
      budget.statistic = *known;
    else
      table.wrong("statistic", fmt::format("unknown statistic \"{}\"; median, p90, p95 or p99", statistic));
    budget.limit = std::int64_t{table.required_integer("limit-ms", 1, kLongest)} * 1'000'000;
    budgets.push_back(std::move(budget));
  }
  return budgets;
}

}  // namespace

Result<Config> Config::read(const std::filesystem::path& path) {
  BOTTLE_TRY(const TomlFile file, TomlFile::read(path));
  const TomlTable root = file.root();
  Config config;
  config.backend = root.text("backend");
  config.bundle = read_bundle(root, path);
  config.rootfs = root.text("rootfs");
  config.agent_image = root.text("agent-image");
  if (const auto options = root.table("options")) {
    for (const std::string& key : options->keys()) config.options[key] = options->text(key);
  }
  config.profile = root.text("profile", config.profile);
  const std::vector<std::string> profiles = {"standard", "full", "sample"};
  if (std::find(profiles.begin(), profiles.end(), config.profile) == profiles.end())
    root.wrong("profile",
               fmt::format("unknown profile \"{}\"{}", config.profile, suggestion(config.profile, profiles)));
  config.filters = root.texts("filters");
  config.catalogues = root.texts("catalogues");
  config.hole = root.text("hole");
  for (const std::string& text : root.texts("reports")) {
    const auto target = parse_report_target(text);
    if (target)
      config.reports.push_back(*target);
    else
      root.wrong("reports", target.error().what);
  }
  config.waivers = read_waivers(root);
  config.budgets = read_budgets(root);
  config.deadline_ms = root.integer("deadline-ms", config.deadline_ms, 1, kMostMilliseconds);
  config.quiet_ms = root.integer("quiet-ms", config.quiet_ms, 1, kMostMilliseconds);
  if (auto done = file.finish(); !done) return fail(done.error());
  return config;
}

}  // namespace bottle
