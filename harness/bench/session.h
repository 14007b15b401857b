// One session of cold starts, as data: what was measured, on what, and every sample. Reports, exports, the history and
// its check are pure functions of it. JSON: reports/schemas/bench.schema.json (bench/v1), one line of the history.
// Durations are nanoseconds of the host's monotonic clock.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/result.h"

namespace bottle {

inline constexpr std::string_view kBenchSchema = "bottle-verify/bench/v1";

// The steps of one sample's life, each from the end of the one before it, but for `exec_warm` and `prepare`, which
// stand for themselves. What a contender does not have is missing, never 0.
enum class BenchPhase {
  prepare,     // what is worked out before anything exists; not part of the cold start
  create,      // until the sandbox's first process is there
  start,       // until an exec is possible: for a whole bottle, until lab and bundle are up
  first_exec,  // until the payload's main() has written its first byte, as the host sees it
  ready,       // until the first exec's result is back
  exec_warm,   // a second exec, from its call to its result
  teardown,    // until nothing of it is left
};
inline constexpr std::array kBenchPhases = {BenchPhase::prepare,    BenchPhase::create, BenchPhase::start,
                                            BenchPhase::first_exec, BenchPhase::ready,  BenchPhase::exec_warm,
                                            BenchPhase::teardown};
std::string_view name_of(BenchPhase phase);  // as above: "first_exec"
std::optional<BenchPhase> bench_phase_named(std::string_view name);

// How bottles follow each other.
enum class BenchMode {
  sequential,  // one after the other
  staggered,   // one every so often, whether those before it have ended or not
  burst,       // so many at once
};
std::string_view name_of(BenchMode mode);
std::optional<BenchMode> bench_mode_named(std::string_view name);

struct BenchSample {
  int round = 0;             // from 0, warm-ups included
  bool warm_up = false;      // kept, and left out of all figures
  std::string problem = {};  // why it is a failure: it did not start, hung, left something behind; empty: it is none
  std::array<std::optional<std::int64_t>, kBenchPhases.size()> phases = {};
  std::optional<std::int64_t> cold_start = {};  // create to first_exec: the headline
  std::optional<std::int64_t> cpu = {};         // of all processes that we started for it, as far as we can see them
  std::optional<std::int64_t> peak_bytes = {};  // resident, summed over its processes; shared pages count again
  std::map<std::string, std::int64_t> details = {};  // the backend's own steps: name -> duration

  bool ok() const { return problem.empty(); }
  std::optional<std::int64_t>& operator[](BenchPhase phase) { return phases[static_cast<std::size_t>(phase)]; }
  const std::optional<std::int64_t>& operator[](BenchPhase phase) const {
    return phases[static_cast<std::size_t>(phase)];
  }
};

// Its name in every session: the same payload without any walls.
inline constexpr std::string_view kNative = "native";

// Something that was measured: "native", "namespaces", "namespaces:walls", "docker:runtime=runsc", "bubblewrap".
struct BenchContender {
  std::string name = {};
  std::string title = {};                         // for people
  std::map<std::string, std::string> facts = {};  // versions, options
  std::vector<BenchSample> samples = {};          // in the order of the rounds, failures and warm-ups included
};

// What the machine did to the figures.
struct BenchNoise {
  // PSI cpu some avg10 before it began, in percent: later it is our own work. Missing: the kernel does not say.
  std::optional<double> pressure = {};
  std::optional<double> steal = {};  // of all processor time during the session, in percent
  double load_before = 0, load_after = 0;
};

struct BenchSession {
  std::string tool_version = {};
  std::string started = {};                      // UTC, "2026-11-21T03:24:00Z"
  std::map<std::string, std::string> host = {};  // host_facts.h
  // What must be alike for two sessions to be comparable: "cpu", "cpus", "kernel", "scenario" ...
  std::map<std::string, std::string> fingerprint = {};
  std::map<std::string, std::string> git =
      {};  // "commit", "branch", "dirty", where the user's directory is a repository
  BenchMode mode = BenchMode::sequential;
  int at_once = 1;               // burst: bottles of one round that start together
  std::int64_t gap = 0;          // staggered: ns between two starts
  std::uint64_t seed = 0;        // of the rounds' order and of every interval
  int rounds = 0, warm_ups = 0;  // asked for; fewer were played where it was interrupted or ran out of time
  std::vector<BenchContender> contenders = {};  // native first
  BenchNoise noise = {};
  std::int64_t wall = 0;
  bool interrupted = false;
};

const BenchContender* find_contender(const BenchSession& session, std::string_view name);

// One line without a line end; back from it: Fault::usage for what is no session of this schema.
std::string session_line(const BenchSession& session);
Result<BenchSession> session_from_line(std::string_view line);

}  // namespace bottle
