#include "harness/cli/bench_inputs.h"

#include <algorithm>
#include <random>

#include "harness/cli/bench_contenders.h"
#include "harness/host_facts.h"

namespace bottle {
namespace {

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

}  // namespace

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

}  // namespace bottle
