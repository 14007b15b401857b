// When a session says nothing, because the machine was doing something else, or the contender was broken.
#pragma once

#include <cstddef>
#include <string>

#include "harness/bench/session.h"

namespace bottle {

// A sentence; empty: quiet enough.
std::string too_noisy(const BenchSession& session);

// Rounds of a contender and of native; of fewer there is no 99 % interval.
inline constexpr std::size_t kFewestRounds = 8;

// A sentence where over 5 % of its samples failed; empty: fine.
std::string too_broken(const BenchContender& contender);

}  // namespace bottle
