#include "sessions.h"

#include <fmt/format.h>

#include <stdexcept>

#include "harness/stats/random.h"

namespace bottle {
namespace {

constexpr const char* kHostile =
    "<script>alert(1)</script>\"'&]]>--><!-- =1+1,\r\n\x1b[31m\xff\xe2\x80\xae##[error]x ::error::y\x00z";

// Skewed, with a heavy tail, as cold starts are; in ns.
std::int64_t drawn(Random& random, double typical) {
  const double share = static_cast<double>(random.below(1'000'000)) / 1e6;
  const double tail = random.below(25) == 0 ? 1.5 : 1;
  return static_cast<std::int64_t>(typical * tail * (0.85 + 0.5 * share * share));
}

BenchSample sample_of(Random& random, int round, double typical, bool whole_bottle) {
  BenchSample sample{.round = round};
  sample[BenchPhase::create] = drawn(random, typical * 0.3);
  if (whole_bottle) {
    sample[BenchPhase::prepare] = drawn(random, typical * 0.2);
    sample[BenchPhase::start] = drawn(random, typical * 0.5);
  }
  sample[BenchPhase::first_exec] = drawn(random, typical * 0.2);
  sample[BenchPhase::ready] = drawn(random, typical * 0.05);
  if (whole_bottle) sample[BenchPhase::exec_warm] = drawn(random, typical * 0.1);
  sample[BenchPhase::teardown] = drawn(random, typical * 0.15);
  sample.cold_start =
      *sample[BenchPhase::create] + sample[BenchPhase::start].value_or(0) + *sample[BenchPhase::first_exec];
  sample.cpu = drawn(random, typical * 0.7);
  sample.peak_bytes = 1'200'000 + static_cast<std::int64_t>(typical / 2);
  return sample;
}

BenchContender contender_of(std::string name, std::uint64_t seed, int rounds, double typical) {
  Random random(seed);
  BenchContender contender{.name = std::move(name), .title = "made for a test"};
  for (int round = 0; round < rounds; ++round) {
    contender.samples.push_back(sample_of(random, round, typical, contender.name != kNative));
    contender.samples.back().warm_up = round < 2;
  }
  return contender;
}

BenchSession session_of(int rounds, double factor = 1, std::uint64_t seed = 5) {
  BenchSession session{.tool_version = "0.1.0", .started = "2026-11-21T03:24:00Z"};
  session.host = {{"cpu", "A processor of some kind"}, {"cpus", "2"}, {"kernel", "6.1.0-18-amd64"}};
  session.fingerprint = {{"cpu", "A processor of some kind"}, {"cpus", "2"}};
  session.git = {{"branch", "main"}, {"commit", "e872d27aa5b1d3f0c9e8a7b6c5d4e3f2a1b0c9d8"}};
  session.seed = seed;
  session.rounds = rounds;
  session.warm_ups = 2;
  session.wall = 42'000'000'000;
  session.noise = {.pressure = 3.5, .load_before = 0.4, .load_after = 1.2};
  session.contenders = {contender_of(std::string(kNative), seed, rounds + 2, 0.9e6),
                        contender_of("namespaces", seed + 1, rounds + 2, 41e6 * factor),
                        contender_of("bubblewrap", seed + 2, rounds + 2, 8e6),
                        contender_of("docker:runtime=runsc,image=debian", seed + 3, rounds + 2, 640e6)};
  session.contenders[1].facts = {{"version", "0.1.0"}};
  return session;
}

BenchSession typical() {
  BenchSession session = session_of(30);
  BenchContender& docker = session.contenders[3];
  for (const std::size_t at : {5u, 11u, 17u}) {
    docker.samples[at] = {.round = static_cast<int>(at)};
    docker.samples[at].problem = at == 17 ? "left a container behind" : "did not start within 30 s";
  }
  session.contenders[2].samples[2].cold_start = 190'000'000;  // the first that counts
  return session;
}

BenchSession burst() {
  BenchSession session = session_of(12);
  session.mode = BenchMode::burst;
  session.at_once = 3;
  for (BenchContender& contender : session.contenders) {
    const auto once = contender.samples;
    for (int more = 0; more < 2; ++more) contender.samples.insert(contender.samples.end(), once.begin(), once.end());
  }
  return session;
}

BenchSession hostile() {
  const std::string words(kHostile, std::char_traits<char>::length(kHostile));
  BenchSession session = session_of(12);
  session.tool_version = session.started = words;
  session.host["cpu"] = session.git["commit"] = session.git["branch"] = words;
  session.host["cpus"] = "99999999999999999999";
  session.host[words] = words;
  BenchContender& contender = session.contenders[1];
  contender.name = contender.title = words;
  contender.facts = {{words, words}};
  contender.samples[4].problem = words;
  contender.samples[5].problem = "=HYPERLINK(\"x\")";
  contender.samples[6].details[words] = 5;
  return session;
}

BenchReport report_with_everything() {
  auto history = sample_history(16, 9, 1.4);
  const std::vector<BenchSession> before(history.begin(), history.end() - 1);
  BenchReport report = bench_report(history.back());
  report.baseline = baseline_of(before, report.session);
  report.check = check(report.baseline, report.session,
                       {{.contender = "bubblewrap", .limit = 1'000'000}, {.contender = "<nobody>", .limit = 1}});
  auto comparison = compare_contenders(report.session, "namespaces", "bubblewrap");
  if (!comparison) throw std::logic_error(comparison.error().what);
  report.comparison = *comparison;
  report.history = std::move(history);
  return report;
}

}  // namespace

std::vector<std::pair<std::string, BenchSession>> sample_sessions() {
  BenchSession nothing = session_of(0);
  for (BenchContender& contender : nothing.contenders) contender.samples.clear();
  nothing.interrupted = true, nothing.rounds = 30;
  BenchSession failures = session_of(8);
  for (BenchContender& contender : failures.contenders)
    for (BenchSample& sample : contender.samples)
      sample = {.round = sample.round, .warm_up = sample.warm_up, .problem = "the engine is not there"};
  BenchSession alone = session_of(20);
  alone.contenders.erase(alone.contenders.begin());
  return {{"typical", typical()},        {"burst", burst()},      {"hostile", hostile()},
          {"one-sample", session_of(1)}, {"no-samples", nothing}, {"thousand", session_of(1000)},
          {"failures-only", failures},   {"no-native", alone}};
}

BenchSession sample_session(const std::string& name) {
  for (auto& [found, session] : sample_sessions())
    if (found == name) return session;
  throw std::logic_error("no such sample: " + name);
}

std::vector<std::pair<std::string, BenchReport>> sample_reports() {
  std::vector<std::pair<std::string, BenchReport>> reports{{"everything", report_with_everything()}};
  for (const auto& [name, session] : sample_sessions()) reports.emplace_back(name, bench_report(session));
  return reports;
}

BenchReport sample_report(const std::string& name) {
  return name == "everything" ? report_with_everything() : bench_report(sample_session(name));
}

std::vector<BenchSession> sample_history(std::size_t count, std::size_t change_at, double factor) {
  std::vector<BenchSession> history;
  for (std::size_t i = 0; i < count; ++i) {
    history.push_back(session_of(12, i < change_at ? 1 : factor, 100 + 10 * i));
    history.back().started = fmt::format("2026-{:02}-{:02}T03:24:00Z", 1 + i / 28, 1 + i % 28);
    history.back().git["commit"] = fmt::format("{:07x}0000", 0xabc123 + i);
  }
  return history;
}

}  // namespace bottle
