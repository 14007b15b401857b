// Prints how often the check against a history errs, by kind of noise and by rule: `ninja -C build/release
// bench-simulation`, or bottle-simulate [SESSIONS [SEED]]. Recorded noise is what lies in tests/bench/noise/*.jsonl, a
// history's own format: one row a file.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "harness/bench/history.h"
#include "tests/bench/simulation/simulation.h"

namespace {

using namespace bottle;
using namespace bottle::simulation;

std::vector<Rule> rules() {
  Rule hasty{.name = "the check, one session"}, cold_start{.name = "cold start alone"},
      alike{.name = "one bar for all"}, abrupt{.name = "one bar for both sessions"};
  hasty.confirmed = false;
  hasty.limits.suspicion = 1;
  abrupt.limits.suspicion = 1;
  cold_start.limits.phase_slack = 1e9;
  alike.limits.phase_slack = alike.limits.slack;
  return {{.name = "the check"}, hasty, cold_start, alike, abrupt};
}

bool complete(const BenchSession& session) {
  return session.contenders.size() > 1 && session.contenders[0].name == kNative &&
         std::all_of(session.contenders.begin(), session.contenders.end(),
                     [](const BenchContender& each) { return each.samples.size() >= 30; });
}

// One source a file, so that one that is quiet and one that is not are told apart.
std::vector<NoiseSource> recorded(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none))
    if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<NoiseSource> sources;
  for (const auto& file : files) {
    auto history = read_history(file);
    if (!history) fmt::print("{}\n", history.error().what);
    if (!history) continue;
    for (const std::string& warning : history->warnings) fmt::print("{}\n", warning);
    auto& sessions = history->sessions;
    sessions.erase(std::remove_if(sessions.begin(), sessions.end(), [](const auto& each) { return !complete(each); }),
                   sessions.end());
    if (sessions.empty())
      fmt::print("{}: no session of 30 rounds with native and another\n", file.string());
    else {
      for (const BenchSession& each : sessions)
        fmt::print("{}: {} rounds; the machine: {:.1f} % waited for a processor, {:.1f} % of it stolen\n",
                   file.stem().string(), each.rounds, each.noise.pressure.value_or(0), each.noise.steal.value_or(0));
      sources.push_back(resampled("recorded: " + file.stem().string(), std::move(sessions)));
    }
  }
  if (files.empty()) fmt::print("no recorded noise in {}: models only\n", folder.string());
  return sources;
}

void print(const std::string& name, const Character& of) {
  fmt::print(
      "{:<24} native's relative MAD {:.0f} %, lag-1 correlation {:.2f}; between sessions a median differs by {:.0f} %, "
      "a ratio by {:.0f} %\n",
      name, 100 * of.native_mad, of.native_lag, 100 * of.between_raw, 100 * of.between_ratio);
  std::fflush(stdout);
}

void print(const Outcome& outcome, const Setting& setting) {
  for (std::size_t i = 0; i < setting.slower.size(); ++i) {
    if (i == 0)
      fmt::print("{:<24} {:<24} {:>6.1f} {:>6.1f}", outcome.noise, outcome.rule, 100 * outcome.false_regression,
                 100 * outcome.inconclusive);
    else
      fmt::print("{:63}", "");
    fmt::print("  {:+4.0f} %", 100 * (setting.slower[i] - 1));
    for (const double share : outcome.found[i]) fmt::print(" {:>10.1f}", 100 * share);
    fmt::print("\n");
  }
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  Setting setting;
  if (argc > 1) setting.sessions = std::max(1, std::atoi(argv[1]));
  if (argc > 2) setting.seed = std::strtoull(argv[2], nullptr, 10);
  std::vector<NoiseSource> sources = {quiet_model(), loaded_model()};
  for (NoiseSource& source : recorded(BOTTLE_SOURCE_DIR "/tests/bench/noise")) sources.push_back(std::move(source));
  fmt::print("{} simulated sessions of {} rounds, {} before each, seed {}; shares of sessions in %\n", setting.sessions,
             setting.rounds, setting.before, setting.seed);
  fmt::print(
      "false: a regression where nothing changed. unsaid: inconclusive. By phase: found when it is that much slower\n");
  fmt::print("{:<24} {:<24} {:>6} {:>6}  {:>6}", "noise", "rule", "false", "unsaid", "");
  for (const BenchPhase phase : kBenchPhases) fmt::print(" {:>10}", name_of(phase));
  fmt::print("\n");
  for (const NoiseSource& source : sources) {
    print(source.name, character_of(source, setting));
    for (const Outcome& outcome : simulate(source, rules(), setting)) print(outcome, setting);
  }
  return 0;
}
