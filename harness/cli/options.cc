#include "harness/cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

#include "harness/cli/exit_code.h"
#include "harness/suggestion.h"

namespace bottle {
namespace {

constexpr const char* kFooter =
    "Exit codes: 0 all contained; 1 something leaked (self-test: some check cannot be trusted); 2 usage or\n"
    "configuration; 3 not proven (inconclusive or error); 4 nothing selected; 5 backend unavailable; 70 a bug of\n"
    "ours; 130 interrupted, reports written.\n\n"
    "  bottle-verify                                        the main job on the default backend\n"
    "  bottle-verify --backend namespaces -o junit=junit.xml\n"
    "  bottle-verify --hole dlp-off                         show that it bites\n"
    "  bottle-verify selftest                               show that all of it bites\n"
    "  bottle-verify bench                                  how long a cold start takes, and where\n"
    "  bottle-verify attach --exec 'docker exec -i NAME'    a bottle that runs already\n"
    "  bottle-verify doctor                                 what is missing here, and how to get it\n";

constexpr const char* kOthers =
    "The options of `bottle-verify --help` (backend, filters, reports ...) are taken here, too.\n\n";

// What the command line said, before it is laid over the file.
struct Said {
  std::string config_file, backend, bundle_profile, bundle_image, agent_image, rootfs, profile, hole, bench_mode;
  std::vector<std::string> filters, catalogues, reports, bundle_command, options;
  std::map<std::string, std::string> attach;  // options of that backend, each by its own name
  int deadline_ms = 0, quiet_ms = 0;
  bool untested_version = false;
};

void add_run_options(CLI::App& app, Options& options, Said& said) {
  app.add_option("--backend", said.backend, "which sandbox: see `list backends`");
  app.add_option("--option", said.options, "KEY=VALUE for the backend, such as runtime=runsc; repeatable")
      ->allow_extra_args(false);
  app.add_flag("--allow-untested-version", said.untested_version,
               std::string("of smolvm: one that nobody has looked at is driven as the nearest that somebody has"));
  app.add_option("-f,--filter", said.filters, "CASE or CASE[VARIANT], with * and ?; a leading ! takes away; repeatable")
      ->allow_extra_args(false);
  app.add_option("--profile", said.profile, "standard, full, or a sample of full")
      ->check(CLI::IsMember({"standard", "full", "sample"}));
  app.add_option("--catalogue", said.catalogues, "a folder of your own cases beside the built-in ones; repeatable")
      ->allow_extra_args(false);
  app.add_option("--config", said.config_file, "a TOML file; options outrank it");
  app.add_option("-o,--output", said.reports, "FORMAT=FILE, - for stdout; repeatable; see `list formats`")
      ->allow_extra_args(false);
  app.add_option("--hole", said.hole, "run a bottle that is wrong on purpose: see `list holes`");
  app.add_option("--bundle-command", said.bundle_command, "your own program at the bundle's place, one word each time")
      ->expected(1)
      ->take_all();
  app.add_option("--bundle-profile", said.bundle_profile,
                 "how your bundle looks: a name in `list bundles`, or a TOML file");
  app.add_option("--bundle-image", said.bundle_image, "your own bundle's image, for a backend with images");
  app.add_option("--agent-image", said.agent_image, "your own agent's image, for a backend with images");
  app.add_option("--rootfs", said.rootfs, "a directory to use as the agent's root, read-only");
  app.add_option("--deadline-ms", said.deadline_ms, "for one batch of attempts (10000; self-test: 5000)")
      ->check(CLI::Range(500, 600000));
  app.add_option("--quiet-ms", said.quiet_ms, "how long the sinks must be at rest (40)")->check(CLI::Range(10, 60000));
  app.add_flag("--dry-run", options.dry_run, std::string("say what would be done; create nothing"));
  app.add_flag("-v,--verbose", options.verbose, std::string("show every finding"));
  app.add_flag("-q,--quiet", options.quiet, std::string("only the last line"));
}

void add_attach_options(CLI::App& attach, Said& said) {
  attach.add_option("--exec", said.attach["exec"],
                    "the command that runs another in it, in one piece: 'docker exec -i NAME'. Blanks part its words; "
                    "quotes and backslashes are understood, nothing else: no shell sees it");
  attach.add_option("--allowed", said.attach["allowed"],
                    "a host that the bottle may reach: the only real one that anything is sent to");
  attach.add_option(
      "--secret-env", said.attach["secret-env"],
      "NAME of a variable of the bottle's: its REAL value is sent to the --allowed host (a header, verified "
      "TLS), unless something stops it; nowhere else, and it is never shown or recorded");
  attach.add_option("--proxy", said.attach["proxy"], "the bottle's proxy as it sees it: http://10.0.0.2:8888");
}

void add_bench_options(CLI::App& bench, Options& options, Said& said) {
  BenchOptions& wanted = options.bench;
  bench
      .add_option(
          "contender", options.arguments,
          "BACKEND, BACKEND:KEY=VALUE, BACKEND:walls, a sandbox's name, FILE.toml or PATH-OF-ANOTHER-bottle-verify"
          "[:CONTENDER]; none: the backend")
      ->expected(0, -1);
  bench.add_option("--rounds", wanted.rounds, "samples of each contender (30)")->check(CLI::Range(1, 100'000));
  bench.add_option("--warm-ups", wanted.warm_ups, "rounds before, kept but not counted (2)")
      ->check(CLI::Range(0, 1000));
  bench.add_option("--most-seconds", wanted.most_seconds, "no round begins after that (300)")
      ->check(CLI::Range(1, 86'400));
  bench.add_option("--seed", wanted.seed, "of the order and of every interval; else a new one, which is printed");
  bench.add_option("--mode", said.bench_mode, "sequential, staggered or burst")
      ->check(CLI::IsMember({"sequential", "staggered", "burst"}));
  bench.add_option("--at-once", wanted.at_once, "bottles of one round, staggered or burst (4)")
      ->check(CLI::Range(1, 256));
  bench.add_option("--gap-ms", wanted.gap_ms, "staggered: between two starts (20)")->check(CLI::Range(0, 60'000));
  bench.add_option("--history", wanted.history, "a file that the session is appended to (JSON lines)");
  bench.add_flag("--check", wanted.check, std::string("compare with --history; exit 1 when a regression is confirmed"));
  bench.add_flag("--quick", wanted.quick, std::string("10 rounds; no check"));
}

void add_bench(CLI::App& app, Options& options, Said& said) {
  CLI::App* bench = app.add_subcommand("bench", "cold starts in phases, against the payload without walls");
  add_bench_options(*bench, options, said);
  CLI::App* compare = bench->add_subcommand("compare",
                                            "two contenders in one interleaved session, or two result files "
                                            "of Google Benchmark");
  compare->add_option("pair", options.arguments, "A and B, as for bench; or two .json files")->required()->expected(2);
  compare->add_option("--threshold", options.bench.threshold, "percent that B may be slower (5)")
      ->check(CLI::Range(0.0, 1000.0));
  CLI::App* history = bench->add_subcommand("history", "the sessions of a history, and where its level changed");
  history->add_option("file", options.arguments, "the history; else --history")->expected(0, 1);
  bench->require_subcommand(0, 1);
  for (CLI::App* verb : {compare, history}) {
    verb->fallthrough();
    verb->footer(std::string(kOthers) + kFooter);
  }
}

// `attach` is `run` with that backend.
Result<void> lay_attach_over(const Said& said, Config& config) {
  if (!said.backend.empty() && said.backend != "attach")
    return fail("attach is a backend of its own; leave --backend " + said.backend + " out", Fault::usage);
  config.backend = "attach";
  for (const auto& [name, value] : said.attach) {
    if (!value.empty()) config.options[name] = value;
  }
  return {};
}

Result<void> lay_over(const Said& said, Config& config) {
  if (!said.config_file.empty()) {
    BOTTLE_TRY(config, Config::read(said.config_file));
  }
  const auto take = [](const auto& from, auto& to) {
    if (!from.empty()) to = from;
  };
  take(said.backend, config.backend);
  take(said.filters, config.filters);
  take(said.profile, config.profile);
  take(said.catalogues, config.catalogues);
  take(said.hole, config.hole);
  take(said.bundle_command, config.bundle.command);
  take(said.bundle_profile, config.bundle.profile);
  take(said.bundle_image, config.bundle.image);
  take(said.agent_image, config.agent_image);
  take(said.rootfs, config.rootfs);
  for (const std::string& text : said.options) {
    BOTTLE_TRY(const auto option, parse_option(text));
    config.options[option.first] = option.second;
  }
  if (said.untested_version) config.options["allow-untested-version"] = "yes";
  if (said.deadline_ms != 0) config.deadline_ms = said.deadline_ms;
  if (said.quiet_ms != 0) config.quiet_ms = said.quiet_ms;
  if (!said.reports.empty()) config.reports.clear();
  for (const std::string& text : said.reports) {
    BOTTLE_TRY(const ReportTarget target, parse_report_target(text));
    config.reports.push_back(target);
  }
  return {};
}

// CLI11 does not say "did you mean": a first word that is no verb and no option is a mistyped verb.
std::string mistyped_verb(int argc, const char* const* argv) {
  const std::vector<std::string> verbs = {"run",    "selftest", "bench",   "list",  "explain",
                                          "doctor", "report",   "cleanup", "attach"};
  if (argc < 2 || argv[1][0] == '-') return {};
  const std::string word = argv[1];
  if (std::find(verbs.begin(), verbs.end(), word) != verbs.end()) return {};
  return "bottle-verify: unknown command \"" + word + "\"" + suggestion(word, verbs) + " (see bottle-verify --help)\n";
}

}  // namespace

std::variant<Options, Leave> read_options(int argc, const char* const* argv, const std::string& version) {
  if (const std::string complaint = mistyped_verb(argc, argv); !complaint.empty()) {
    return Leave{to_int(ExitCode::usage), "", complaint};
  }
  Options options;
  Said said;
  CLI::App app(
      "Shows whether an AI agent's sandbox holds: attacks it from inside, and proves that a leak would have been seen.",
      "bottle-verify");
  app.set_version_flag("--version", "bottle-verify " + version);
  app.footer(kFooter);
  app.require_subcommand(0, 1);
  app.fallthrough();
  app.add_option("--color,--colour", options.colour, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  add_run_options(app, options, said);
  app.add_subcommand("run", "start a bottle, attack it, say what held (the default)");
  add_attach_options(*app.add_subcommand("attach", "check a bottle that runs already"), said);
  CLI::App* selftest = app.add_subcommand("selftest", "run bottles that are wrong on purpose: does every check bite?");
  selftest->add_option("hole", options.arguments, "only these holes (see `list holes`); none: all")->expected(0, -1);
  selftest->add_option("-j,--jobs", options.jobs, "bottles at once; else what suits the backend")
      ->check(CLI::Range(1, 256));
  add_bench(app, options, said);
  app.add_subcommand("list", "cases, variants, backends, formats, bench-formats, holes, bundles or techniques")
      ->add_option("what", options.arguments,
                   "cases (default), variants, backends, formats, bench-formats, holes, bundles, techniques")
      ->expected(0, 1);
  app.add_subcommand("explain", "what a case tries, why, and what to do when it leaks")
      ->add_option("case", options.arguments, "a case's id")
      ->required()
      ->expected(1);
  app.add_subcommand("doctor", "what this machine has and lacks, and how to get it");
  app.add_subcommand("report", "render reports again from a record")
      ->add_option("record", options.arguments, "a record.json")
      ->required()
      ->expected(1);
  app.add_subcommand("cleanup", "remove what killed runs left behind");
  for (CLI::App* verb : app.get_subcommands({})) verb->footer(std::string(kOthers) + kFooter);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {
    std::ostringstream out;
    app.exit(done, out, out);
    return Leave{0, out.str(), ""};
  } catch (const CLI::ParseError& error) {
    return Leave{to_int(ExitCode::usage), "",
                 "bottle-verify: " + std::string(error.what()) + " (see bottle-verify --help)\n"};
  }
  if (!app.get_subcommands().empty()) options.verb = app.get_subcommands().front()->get_name();
  if (options.verb == "bench") {
    for (const CLI::App* below : app.get_subcommand("bench")->get_subcommands())
      options.verb = "bench-" + below->get_name();
  }
  if (!said.bench_mode.empty()) options.bench.mode = *bench_mode_named(said.bench_mode);
  if (const auto laid = lay_over(said, options.config); !laid) {
    return Leave{to_int(ExitCode::usage), "", "bottle-verify: " + laid.error().what + "\n"};
  }
  if (options.verb == "attach") {
    if (const auto laid = lay_attach_over(said, options.config); !laid)
      return Leave{to_int(ExitCode::usage), "", "bottle-verify: " + laid.error().what + "\n"};
    options.verb = "run";
  }
  return options;
}

}  // namespace bottle
