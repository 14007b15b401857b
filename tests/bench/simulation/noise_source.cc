#include "tests/bench/simulation/noise_source.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>

namespace bottle::simulation {
namespace {

// All of them are standard deviations of logarithms, but for `carried` (what of a round's noise is left in the next),
// `tail` (share of times with a heavy one) and `loaded` (share of rounds beside which something else runs).
struct Model {
  double shared = 0, carried = 0;  // what hits all contenders of a round
  double own = 0, own_phase = 0;   // what hits one contender, and one phase of it
  double session = 0;              // what one contender is slower by in a whole session
  double machine = 0;              // what all are slower by in a whole session
  double tail = 0;
  double loaded = 0, by_load = 0, by_load_own = 0;
};

double uniform(Random& random) { return (static_cast<double>(random.next() >> 11) + 0.5) / 9007199254740992.0; }

double normal(Random& random) {
  return std::sqrt(-2 * std::log(uniform(random))) * std::cos(2 * 3.141592653589793 * uniform(random));
}

// What a phase is of the contender's cold start, as it is with sandboxes made of namespaces.
constexpr std::array<double, kBenchPhases.size()> kShares = {0.05, 0.3, 0.5, 0.2, 0.1, 0.15, 0.4};

bool in_cold_start(BenchPhase phase) {
  return phase == BenchPhase::create || phase == BenchPhase::start || phase == BenchPhase::first_exec;
}

BenchSample draw_sample(const Model& model, Random& random, int round, double typical, bool load) {
  BenchSample sample{.round = round, .cold_start = 0};
  double own = model.own * normal(random);
  if (uniform(random) < model.tail) own -= std::log(uniform(random));
  if (load) own += model.by_load_own * normal(random);
  for (const BenchPhase phase : kBenchPhases) {
    const double share = kShares[static_cast<std::size_t>(phase)];
    const double time = typical * share * std::exp(own + model.own_phase * normal(random));
    sample[phase] = static_cast<std::int64_t>(time);
    if (in_cold_start(phase)) *sample.cold_start += *sample[phase];
  }
  return sample;
}

BenchSession draw_session(const Model& model, Random& random, int rounds) {
  BenchSession session{.fingerprint = {{"cpu", "simulated"}}, .seed = random.next(), .rounds = rounds};
  session.contenders = {{.name = std::string(kNative)}, {.name = "light"}, {.name = "heavy"}};
  std::vector<double> typical = {1e6, 12e6, 300e6};
  const double machine = model.machine * normal(random);
  for (double& time : typical) time *= std::exp(machine + model.session * normal(random));
  double shared = model.shared * normal(random);
  bool load = uniform(random) < model.loaded;
  for (int round = 0; round < rounds; ++round) {
    const double fresh = std::sqrt(1 - model.carried * model.carried);
    shared = model.carried * shared + fresh * model.shared * normal(random);
    if (uniform(random) < 0.1) load = uniform(random) < model.loaded;
    const double slower = std::exp(shared + (load ? model.by_load : 0));
    for (std::size_t i = 0; i < typical.size(); ++i)
      session.contenders[i].samples.push_back(draw_sample(model, random, round, typical[i] * slower, load));
  }
  return session;
}

NoiseSource drawn(const std::string& name, const Model& model) {
  return {name, [model](Random& random, int rounds) { return draw_session(model, random, rounds); }};
}

using Rounds = std::vector<std::vector<const BenchSample*>>;

// By round; warm-ups have none.
Rounds rounds_of(const BenchContender& contender) {
  std::map<int, std::vector<const BenchSample*>> by_number;
  for (const BenchSample& sample : contender.samples)
    if (!sample.warm_up) by_number[sample.round].push_back(&sample);
  Rounds rounds;
  for (auto& [number, samples] : by_number) rounds.push_back(std::move(samples));
  return rounds;
}

BenchSession resample(const BenchSession& from, Random& random, int rounds) {
  constexpr std::size_t kBlock = 10;
  std::vector<Rounds> recorded;
  std::size_t length = ~std::size_t{0};
  BenchSession session = from;
  session.rounds = rounds;
  session.seed = random.next();
  for (std::size_t i = 0; i < from.contenders.size(); ++i) {
    recorded.push_back(rounds_of(from.contenders[i]));
    length = std::min(length, recorded.back().size());
    session.contenders[i].samples.clear();
  }
  session.noise = {};  // what the guard would have said of the recording would be said of every session
  std::size_t at = 0;
  for (int round = 0; round < rounds; ++round, ++at) {
    if (static_cast<std::size_t>(round) % kBlock == 0) at = random.below(length - std::min(kBlock, length) + 1);
    for (std::size_t i = 0; i < recorded.size(); ++i) {
      for (const BenchSample* sample : recorded[i][at % length]) {
        session.contenders[i].samples.push_back(*sample);
        session.contenders[i].samples.back().round = round;
      }
    }
  }
  return session;
}

}  // namespace

NoiseSource quiet_model() {
  return drawn(
      "quiet model",
      {.shared = 0.28, .carried = 0.6, .own = 0.12, .own_phase = 0.15, .session = 0.03, .machine = 0.13, .tail = 0.03});
}

NoiseSource loaded_model() {
  return drawn("loaded model", {.shared = 0.35,
                                .carried = 0.9,
                                .own = 0.2,
                                .own_phase = 0.2,
                                .session = 0.04,
                                .machine = 0.3,
                                .tail = 0.05,
                                .loaded = 0.4,
                                .by_load = 0.6,
                                .by_load_own = 0.35});
}

NoiseSource resampled(const std::string& name, std::vector<BenchSession> recorded) {
  const auto sessions = std::make_shared<const std::vector<BenchSession>>(std::move(recorded));
  return {name, [sessions](Random& random, int rounds) {
            return resample((*sessions)[random.below(sessions->size())], random, rounds);
          }};
}

}  // namespace bottle::simulation
