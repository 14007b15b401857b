// Sessions for tests: a control and a contender whose samples are given.
#pragma once

#include <string>
#include <vector>

#include "harness/bench/session.h"

namespace bottle {

inline BenchSample make_sample(int round, std::int64_t cold_start) {
  BenchSample sample{.round = round, .cold_start = cold_start};
  sample[BenchPhase::create] = cold_start / 2;
  sample[BenchPhase::first_exec] = cold_start - cold_start / 2;
  return sample;
}

inline BenchContender make_contender(const std::string& name, const std::vector<std::int64_t>& cold_starts) {
  BenchContender contender{.name = name, .title = "The " + name};
  for (const std::int64_t cold_start : cold_starts)
    contender.samples.push_back(make_sample(static_cast<int>(contender.samples.size()), cold_start));
  return contender;
}

inline BenchSession make_session(std::vector<BenchContender> contenders) {
  BenchSession session{.tool_version = "0.1.0",
                       .started = "2026-11-21T03:24:00Z",
                       .fingerprint = {{"cpu", "a cpu"}, {"cpus", "2"}},
                       .seed = 7,
                       .contenders = std::move(contenders)};
  session.rounds = session.contenders.empty() ? 0 : static_cast<int>(session.contenders[0].samples.size());
  return session;
}

}  // namespace bottle
