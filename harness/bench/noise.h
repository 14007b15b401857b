// When a session says nothing, because the machine was doing something else, or the contender was broken.
#pragma once

#include <string>

#include "harness/bench/session.h"

namespace bottle {

// A sentence; empty: quiet enough.
std::string too_noisy(const BenchSession& session);

// A sentence where over 5 % of its samples failed, or so few are left that no interval can be had; empty: fine.
std::string too_broken(const BenchContender& contender);

}  // namespace bottle
