// Prints sessions, one a line, for tests/reports/validate.py: full, hostile and empty ones. Exit 1: our own reader
// refuses one.
#include <cstdio>

#include "harness/stats/random.h"
#include "tests/harness/bench/make_session.h"

namespace {

using namespace bottle;

std::string hostile_text(Random& random) {
  std::string text;
  for (std::uint64_t i = random.below(12); i > 0; --i) text.push_back(static_cast<char>(random.below(256)));
  return text;
}

BenchSample hostile_sample(Random& random, int round) {
  BenchSample sample{.round = round, .warm_up = random.below(4) == 0};
  const auto maybe = [&]() -> std::optional<std::int64_t> {
    if (random.below(3) == 0) return std::nullopt;
    return static_cast<std::int64_t>(random.next() >> (1 + random.below(60)));
  };
  for (const BenchPhase phase : kBenchPhases) sample[phase] = maybe();
  sample.cold_start = maybe();
  sample.cpu = maybe();
  sample.peak_bytes = maybe();
  if (random.below(3) == 0) sample.problem = hostile_text(random);
  if (const auto detail = maybe()) sample.details[hostile_text(random)] = *detail;
  return sample;
}

BenchSession hostile_session(Random& random) {
  BenchSession session = make_session({});
  session.started = hostile_text(random);
  session.host[hostile_text(random)] = hostile_text(random);
  session.git["branch"] = hostile_text(random);
  session.seed = random.next();
  if (random.below(2) == 0) session.noise = {.pressure = 0.25, .steal = 1e-9, .load_before = 3, .load_after = 0};
  for (std::uint64_t i = random.below(4); i > 0; --i) {
    BenchContender contender{.name = std::to_string(i), .title = hostile_text(random)};
    for (int round = 0; round < static_cast<int>(random.below(5)); ++round)
      contender.samples.push_back(hostile_sample(random, round));
    session.contenders.push_back(std::move(contender));
  }
  return session;
}

}  // namespace

int main() {
  Random random(1);
  std::vector<BenchSession> sessions = {make_session({}),
                                        make_session({make_contender("native", {1, 2}), make_contender("b", {})})};
  for (int i = 0; i < 40; ++i) sessions.push_back(hostile_session(random));
  for (const BenchSession& session : sessions) {
    const std::string line = session_line(session);
    const auto back = session_from_line(line);
    if (!back) std::fprintf(stderr, "%s\n", back.error().what.c_str());
    if (!back) return 1;
    std::printf("%s\n", line.c_str());
  }
  return 0;
}
