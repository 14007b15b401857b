// `bench`: plays a session, reports it, keeps it, and holds it against the ones before it.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <random>

#include "harness/bench/figures.h"
#include "harness/bench/runner.h"
#include "harness/cli/bench_contenders.h"
#include "harness/cli/report_files.h"
#include "harness/cli/run_inputs.h"
#include "harness/cli/terminal.h"
#include "harness/host_facts.h"

namespace bottle {
namespace {

class CountingRounds final : public BenchObserver {
 public:
  explicit CountingRounds(const Terminal& terminal) : terminal_(terminal) {}
  void round(int done, int all) override {
    if (!terminal_.interactive) return;
    std::fprintf(stderr, "\r\033[K%d of %d rounds", done, all);
    if (done == all) std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
  }

 private:
  const Terminal& terminal_;
};

std::uint64_t new_seed() {
  std::random_device device;
  return device();
}

// Two sessions with the same words here can be held against each other.
std::map<std::string, std::string> fingerprint_of(const BenchSession& session) {
  std::map<std::string, std::string> print;
  for (const char* fact : {"cpu", "cpus", "kernel", "os"})
    if (const auto found = session.host.find(fact); found != session.host.end()) print.insert(*found);
  std::string scenario(name_of(session.mode));
  if (session.mode != BenchMode::sequential) scenario += " " + std::to_string(session.at_once);
  if (session.mode == BenchMode::staggered) scenario += " every " + std::to_string(session.gap / 1'000'000) + " ms";
  print["scenario"] = scenario;
  return print;
}

}  // namespace

BenchSession blank_session(const Options& options) {
  constexpr int kQuickRounds = 10, kUsuallyAtOnce = 4;
  const BenchOptions& wanted = options.bench;
  BenchSession session{.tool_version = kVersion, .host = host_facts(), .mode = wanted.mode};
  if (session.mode != BenchMode::sequential) session.at_once = wanted.at_once > 0 ? wanted.at_once : kUsuallyAtOnce;
  if (session.mode == BenchMode::staggered) session.gap = std::int64_t{wanted.gap_ms} * 1'000'000;
  session.seed = wanted.seed != 0 ? wanted.seed : new_seed();
  session.rounds = wanted.quick ? kQuickRounds : wanted.rounds;
  session.warm_ups = wanted.warm_ups;
  session.fingerprint = fingerprint_of(session);
  return session;
}

Result<BenchInputs> bench_inputs(const Options& options, const Library& library, std::vector<std::string> words) {
  BenchInputs inputs{.session = blank_session(options), .most = std::chrono::seconds(options.bench.most_seconds)};
  if (std::find(words.begin(), words.end(), kNative) == words.end()) words.emplace(words.begin(), kNative);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (std::find(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(i), words[i]) !=
        words.begin() + static_cast<std::ptrdiff_t>(i))
      return fail("\"" + words[i] + "\" is named twice", Fault::usage);
    BOTTLE_TRY(auto maker, contender_named(words[i], options, library));
    inputs.makers.push_back(std::move(maker));
  }
  return inputs;
}

ExitCode bench_command(const Options& options, const Library& library) {
  const std::atomic<bool>& stop = watch_signals();
  std::vector<std::string> words = options.arguments;
  if (words.empty()) {
    auto usual = default_contenders(options, library);
    if (!usual) return complain(usual.error());
    words = std::move(*usual);
  }
  const auto inputs = bench_inputs(options, library, words);
  if (!inputs) return complain(inputs.error());
  const auto files = open_targets(options.config.reports, {"json"});
  if (!files) return complain(files.error());
  const Terminal terminal = Terminal::of(STDERR_FILENO, options.colour);
  CountingRounds counting(terminal);
  const auto session = play_session(*inputs, counting, stop);
  if (!session) return complain(session.error());
  for (const OutputFile& file : *files) {
    if (const auto written = file.write(session_line(*session) + "\n"); !written) return complain(written.error());
  }
  for (const BenchContender& one : session->contenders) {
    const BenchFigures figures = figures_of(one, *session);
    std::fprintf(stderr, "%-28s %8.3f ms  n %zu failed %zu ratio %.3f", one.name.c_str(),
                 figures.cold_start.median / 1e6, figures.samples, figures.failed,
                 figures.ratio ? figures.ratio->estimate : 0.0);
    for (const auto& phase : figures.phases)
      if (phase.summary.count > 0)
        std::fprintf(stderr, "  %s %.3f", std::string(name_of(phase.phase)).c_str(), phase.summary.median / 1e6);
    std::fputs("\n", stderr);
    for (const auto& sample : one.samples)
      if (!sample.ok()) std::fprintf(stderr, "   %s\n", sample.problem.c_str());
  }
  return session->interrupted ? ExitCode::interrupted : ExitCode::held;
}

}  // namespace bottle
