// How often the check of harness/bench/check.h errs: false regressions of an unchanged contender, and regressions that
// are there and not found, over many simulated sessions with a history each.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "harness/bench/check.h"
#include "tests/bench/simulation/noise_source.h"

namespace bottle::simulation {

struct Rule {
  std::string name = {};
  CheckLimits limits = {};
  bool confirmed = true;  // false: what a first session says is believed
};

struct Setting {
  int sessions = 200;
  int rounds = 30;
  int before = 12;  // sessions in the history
  std::vector<double> slower = {1.2, 1.3, 1.5};
  std::uint64_t seed = 1;
};

// Shares of the sessions.
struct Outcome {
  std::string noise = {}, rule = {};
  double inconclusive = 0;      // nothing was said of some contender
  double false_regression = 0;  // nothing had changed, and some contender was called slower
  // [i][phase]: this phase of one contender took slower[i] times as long, and the contender was called slower.
  std::vector<std::array<double, kBenchPhases.size()>> found = {};
};

std::vector<Outcome> simulate(const NoiseSource& noise, const std::vector<Rule>& rules, const Setting& setting);

// What a source is like, so that it can be held against what was measured elsewhere. Medians over its sessions.
struct Character {
  double native_mad = 0;   // relative, within a session
  double native_lag = 0;   // correlation of one round's logarithm with the next one's
  double between_raw = 0;  // 1.4826 * relative MAD of the sessions' medians: the contender's cold start ...
  double between_ratio = 0;  // ... and its ratio to native
};
Character character_of(const NoiseSource& noise, const Setting& setting);

double least_found(const Outcome& outcome, std::size_t slower);

}  // namespace bottle::simulation
