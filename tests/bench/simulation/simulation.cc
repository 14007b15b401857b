#include "tests/bench/simulation/simulation.h"

#include <algorithm>
#include <cmath>

#include "harness/bench/figures.h"

namespace bottle::simulation {
namespace {

// The first session and the one that would confirm it follow each other: two parts of one.
struct Pair {
  BenchSession first, second;
};

Pair draw_pair(const NoiseSource& noise, Random& random, int rounds) {
  const BenchSession both = noise.draw(random, (1 + kConfirmingRounds) * rounds);
  Pair pair{both, both};
  for (std::size_t i = 0; i < both.contenders.size(); ++i) {
    pair.first.contenders[i].samples.clear();
    pair.second.contenders[i].samples.clear();
    for (const BenchSample& sample : both.contenders[i].samples)
      (sample.round < rounds ? pair.first : pair.second).contenders[i].samples.push_back(sample);
  }
  pair.second.seed = random.next();
  return pair;
}

void slow_down(BenchContender& contender, BenchPhase phase, double times) {
  const bool in_cold_start =
      phase == BenchPhase::create || phase == BenchPhase::start || phase == BenchPhase::first_exec;
  for (BenchSample& sample : contender.samples) {
    if (!sample[phase]) continue;
    const auto more = static_cast<std::int64_t>(static_cast<double>(*sample[phase]) * (times - 1));
    *sample[phase] += more;
    if (in_cold_start && sample.cold_start) *sample.cold_start += more;
  }
}

BenchCheck decide(const Rule& rule, const Baseline& baseline, const Pair& pair) {
  BenchCheck first = check(baseline, pair.first, {}, rule.limits);
  if (!rule.confirmed || !wants_confirmation(first)) return first;
  return confirm(baseline, pair.first, pair.second, {}, rule.limits);
}

bool called_slower(const ContenderCheck& contender) {
  return contender.verdict == BenchVerdict::suspected || contender.verdict == BenchVerdict::regression;
}

bool any_slower(const BenchCheck& all) {
  return std::any_of(all.contenders.begin(), all.contenders.end(), called_slower);
}

bool any_inconclusive(const BenchCheck& all) {
  return std::any_of(all.contenders.begin(), all.contenders.end(),
                     [](const ContenderCheck& each) { return each.verdict == BenchVerdict::inconclusive; });
}

// A contender other than native, each in its turn.
std::size_t victim_of(const BenchSession& session, int turn) {
  return 1 + static_cast<std::size_t>(turn) % (session.contenders.size() - 1);
}

double lag_of(const Samples& in_order) {
  double mean = 0, both = 0, one = 0;
  for (const double sample : in_order) mean += std::log(sample) / static_cast<double>(in_order.size());
  for (std::size_t i = 0; i < in_order.size(); ++i) {
    const double here = std::log(in_order[i]) - mean;
    one += here * here;
    if (i > 0) both += here * (std::log(in_order[i - 1]) - mean);
  }
  return one > 0 ? both / one : 0;
}

void count_found(Outcome& outcome, const Rule& rule, const Baseline& baseline, const Pair& pair, int turn,
                 const Setting& setting) {
  const std::size_t victim = victim_of(pair.first, turn);
  for (std::size_t i = 0; i < setting.slower.size(); ++i) {
    for (const BenchPhase phase : kBenchPhases) {
      Pair slowed = pair;
      slow_down(slowed.first.contenders[victim], phase, setting.slower[i]);
      slow_down(slowed.second.contenders[victim], phase, setting.slower[i]);
      const BenchCheck all = decide(rule, baseline, slowed);
      const std::string& name = pair.first.contenders[victim].name;
      for (const ContenderCheck& each : all.contenders)
        if (each.contender == name && called_slower(each))
          outcome.found[i][static_cast<std::size_t>(phase)] += 1.0 / setting.sessions;
    }
  }
}

}  // namespace

std::vector<Outcome> simulate(const NoiseSource& noise, const std::vector<Rule>& rules, const Setting& setting) {
  std::vector<Outcome> outcomes;
  for (const Rule& rule : rules) {
    outcomes.push_back({.noise = noise.name, .rule = rule.name});
    outcomes.back().found.resize(setting.slower.size());
  }
  Random random(setting.seed);
  for (int turn = 0; turn < setting.sessions; ++turn) {
    std::vector<BenchSession> history;
    for (int i = 0; i < setting.before; ++i) history.push_back(noise.draw(random, setting.rounds));
    const Pair pair = draw_pair(noise, random, setting.rounds);
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const Baseline baseline = baseline_of(history, pair.first, rules[i].limits);
      const BenchCheck unchanged = decide(rules[i], baseline, pair);
      if (any_slower(unchanged)) outcomes[i].false_regression += 1.0 / setting.sessions;
      if (any_inconclusive(unchanged)) outcomes[i].inconclusive += 1.0 / setting.sessions;
      count_found(outcomes[i], rules[i], baseline, pair, turn, setting);
    }
  }
  return outcomes;
}

Character character_of(const NoiseSource& noise, const Setting& setting) {
  Random random(setting.seed);
  Samples mads, lags, raw, ratios;
  for (int turn = 0; turn < setting.sessions; ++turn) {
    const BenchSession session = noise.draw(random, setting.rounds);
    const BenchContender& contender = session.contenders[victim_of(session, turn)];
    const Samples native = cold_starts(session.contenders[0]);
    mads.push_back(median_absolute_deviation(native) / median(native));
    lags.push_back(lag_of(native));
    if (victim_of(session, turn) != 1) continue;  // of one contender, or they would differ without any noise
    raw.push_back(median(cold_starts(contender)));
    ratios.push_back(ratio_to_native(session, contender, std::nullopt).value_or(median(ratios)));
  }
  const auto spread = [](const Samples& of) { return 1.4826 * median_absolute_deviation(of) / median(of); };
  return {.native_mad = median(mads),
          .native_lag = median(lags),
          .between_raw = spread(raw),
          .between_ratio = spread(ratios)};
}

double least_found(const Outcome& outcome, std::size_t slower) {
  return *std::min_element(outcome.found[slower].begin(), outcome.found[slower].end());
}

}  // namespace bottle::simulation
