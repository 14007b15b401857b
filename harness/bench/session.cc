#include "harness/bench/session.h"

#include <algorithm>

namespace bottle {

std::string_view name_of(BenchPhase phase) {
  switch (phase) {
    case BenchPhase::prepare: return "prepare";
    case BenchPhase::create: return "create";
    case BenchPhase::start: return "start";
    case BenchPhase::first_exec: return "first_exec";
    case BenchPhase::ready: return "ready";
    case BenchPhase::exec_warm: return "exec_warm";
    case BenchPhase::teardown: return "teardown";
  }
  return "";
}

std::optional<BenchPhase> bench_phase_named(std::string_view name) {
  for (const BenchPhase phase : kBenchPhases)
    if (name_of(phase) == name) return phase;
  return std::nullopt;
}

std::string_view name_of(BenchMode mode) {
  switch (mode) {
    case BenchMode::sequential: return "sequential";
    case BenchMode::staggered: return "staggered";
    case BenchMode::burst: return "burst";
  }
  return "";
}

std::optional<BenchMode> bench_mode_named(std::string_view name) {
  for (const BenchMode mode : {BenchMode::sequential, BenchMode::staggered, BenchMode::burst})
    if (name_of(mode) == name) return mode;
  return std::nullopt;
}

const BenchContender* find_contender(const BenchSession& session, std::string_view name) {
  const auto found = std::find_if(session.contenders.begin(), session.contenders.end(),
                                  [&](const BenchContender& contender) { return contender.name == name; });
  return found == session.contenders.end() ? nullptr : &*found;
}

}  // namespace bottle
