// Where simulated sessions come from: drawn from a model of what was seen on shared machines, or resampled from
// sessions that were recorded.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/bench/session.h"
#include "harness/stats/random.h"

namespace bottle::simulation {

// A session of so many rounds at another time than all that were drawn before it.
struct NoiseSource {
  std::string name = {};
  std::function<BenchSession(Random& random, int rounds)> draw = {};
};

NoiseSource quiet_model();
NoiseSource loaded_model();

// Blocks of ten rounds that follow each other in one recorded session, chosen at random: what rounds share with those
// beside them, and sessions with no other, stays as it was.
NoiseSource resampled(const std::string& name, std::vector<BenchSession> recorded);

}  // namespace bottle::simulation
