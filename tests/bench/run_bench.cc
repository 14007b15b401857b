// A whole default run, from exec to exit, ten times: wall time, peak memory of the harness, and the time of each phase
// (medians at the end). A run that does not hold is an error of the benchmark: figures of a broken run mean nothing.
#include <benchmark/benchmark.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>

#include "harness/record.h"

extern char** environ;

namespace {

struct Ran {
  int status = -1;
  double seconds = 0;
  long peak_kib = 0;
};

Ran run_once(const std::string& record_file) {
  const std::string output = "json=" + record_file;
  const std::string program = BOTTLE_BUILD_DIR "/bottle-verify";
  const char* argv[] = {program.c_str(), "run", "-q", "-o", output.c_str(), nullptr};
  const auto begin = std::chrono::steady_clock::now();
  pid_t pid = -1;
  Ran ran;
  if (::posix_spawn(&pid, program.c_str(), nullptr, nullptr, const_cast<char**>(argv), environ) != 0) return ran;
  rusage usage{};
  ::wait4(pid, &ran.status, 0, &usage);
  ran.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  ran.peak_kib = usage.ru_maxrss;  // of the larger of it and the children that it waited for
  return ran;
}

bottle::Result<bottle::RunRecord> read_record(const std::string& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return bottle::record_from_json(text.str());
}

void whole_run(benchmark::State& state) {
  const std::string file = "/tmp/bottle-bench-" + std::to_string(::getpid()) + ".json";
  for (auto _ : state) {
    const Ran ran = run_once(file);
    const auto record = read_record(file);
    ::unlink(file.c_str());
    if (ran.status != 0 || !record) {
      state.SkipWithError(record ? "the run did not hold" : record.error().what.c_str());
      break;
    }
    state.SetIterationTime(ran.seconds);
    state.counters["peak_MiB"] = static_cast<double>(ran.peak_kib) / 1024;
    for (const bottle::Phase& phase : record->phases)
      state.counters[phase.name + "_ms"] = static_cast<double>(phase.took_ns) / 1e6;
    state.counters["contained"] = bottle::totals_of(*record).contained;
  }
}
BENCHMARK(whole_run)
    ->UseManualTime()
    ->Iterations(1)
    ->Repetitions(10)
    ->Unit(benchmark::kMillisecond)
    ->ComputeStatistics("max", [](const std::vector<double>& values) {
      return *std::max_element(values.begin(), values.end());
    });

// Google Benchmark leaves with 0 after an error (measured): so errors are counted here.
class CountingReporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) errors += run.error_occurred ? 1 : 0;
    ConsoleReporter::ReportRuns(runs);
  }
  int errors = 0;
};

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  CountingReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  return reporter.errors == 0 ? 0 : 1;
}
