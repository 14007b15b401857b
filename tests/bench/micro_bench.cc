// What the tool itself costs: each part by itself. `ninja -C build/release bench-micro` prints it; the JSON that it
// writes is what `bottle-verify bench compare tests/bench/baseline.json build/release/bench-micro.json` reads.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <sstream>

#include "attacks/registry.h"
#include "backends/registry.h"
#include "harness/cli/commands.h"
#include "harness/decoders.h"
#include "harness/digest.h"
#include "harness/judge.h"
#include "harness/process.h"
#include "harness/stats/inference.h"
#include "harness/stats/random.h"
#include "harness/trials.h"
#include "reports/registry.h"

extern char** environ;

namespace {

using namespace bottle;

const Library& library() {
  static const auto read = Library::read({});
  if (!read) throw std::runtime_error(read.error().what);
  return *read;
}

void expand_catalogue(benchmark::State& state) {
  for (auto _ : state) {
    const auto variants = select_variants(library().cases, library().techniques, "full", {});
    benchmark::DoNotOptimize(variants->size());
    state.counters["variants"] = static_cast<double>(variants->size());
  }
}
BENCHMARK(expand_catalogue)->Unit(benchmark::kMicrosecond);

void read_catalogue(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Library::read({})->cases.size());
}
BENCHMARK(read_catalogue)->Unit(benchmark::kMillisecond);

// A run of this many attempts that were all told of and refused, whose controls and bare arms all arrived.
struct Evening {
  explicit Evening(std::size_t attempts, std::size_t arrivals) {
    const auto all = read_bundle_profile(library().install, "reference");
    profile = *all;
    of.info = {.id = "http-exfil.body", .category = "http-exfil"};
    evidence.settled = true;
    for (const Arm arm : {Arm::control_before, Arm::guarded, Arm::control_after, Arm::bare}) {
      BatchResult batch{.arm = arm, .place = arm == Arm::bare ? Place::outside : Place::agent};
      batch.report.complete = true;
      for (const Secret& secret : secrets) batch.report.secret_hashes[secret.name] = sha256_hex(secret.value);
      batch.started_ns = 100;
      batch.ended_ns = 200;
      evidence.batches.push_back(std::move(batch));
    }
    for (std::size_t i = 0; i < attempts; ++i) add(i);
    plan.control_before["road"] = {.nonce = make_nonce(), .channel = "road", .delivered_at = "http"};
    plan.control_after["road"] = {.nonce = make_nonce(), .channel = "road", .delivered_at = "http"};
    arrive(plan.control_before["road"].nonce);
    arrive(plan.control_after["road"].nonce);
    Random random(7);
    while (evidence.arrivals.size() < arrivals) arrive("noise " + std::to_string(random.next()));
  }

  void add(std::size_t number) {
    Attempt guarded{
        .nonce = make_nonce(), .leak = Attempt::Leak::secret, .secret = "aws", .channel = "road", .bare_at = {"http"}};
    Attempt bare = guarded;
    bare.nonce = make_nonce();
    bare.place = Place::outside;
    evidence.batches[1].report.by_nonce[guarded.nonce].report = {
        .nonce = guarded.nonce, .stage = "connect", .error = "ECONNREFUSED"};
    evidence.batches[3].report.by_nonce[bare.nonce].report = {.nonce = bare.nonce, .stage = "done"};
    arrive("POST /" + bare.nonce + " HTTP/1.1\r\nHost: allowed.test\r\n\r\ndata=" + bare_secrets[1].value);
    plan.variants.push_back({.variant = {.of = &of, .name = "n=" + std::to_string(number)},
                             .guarded = std::move(guarded),
                             .bare = std::move(bare)});
  }

  void arrive(std::string bytes) {
    evidence.arrivals.push_back({.number = evidence.arrivals.size() + 1,
                                 .at_ns = 150,
                                 .sink = "http",
                                 .transport = "tcp",
                                 .source = "10.0.0.9:" + std::to_string(1024 + evidence.arrivals.size() % 60000),
                                 .destination = "198.51.100.10:80",
                                 .bytes = std::move(bytes)});
  }

  std::vector<Finding> judge_all() const {
    std::vector<Sighting> strays;
    std::vector<Finding> findings;
    for (const Trial& trial : assemble_trials(plan, evidence, secrets, bare_secrets, strays))
      findings.push_back(judge(trial, {.backend = "bench", .profile = &profile}));
    return findings;
  }

  Case of;
  BundleProfile profile;
  AttemptPlan plan;
  RunEvidence evidence;
  std::vector<Secret> secrets = make_secrets(), bare_secrets = make_secrets();
};

void judge_attempts_and_arrivals(benchmark::State& state) {
  const Evening evening(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)));
  for (auto _ : state) benchmark::DoNotOptimize(evening.judge_all().size());
}
BENCHMARK(judge_attempts_and_arrivals)->Args({150, 1'000})->Args({5'000, 50'000})->Unit(benchmark::kMillisecond);

void decode(benchmark::State& state) {
  Random random(11);
  std::string text;
  while (text.size() < static_cast<std::size_t>(state.range(0))) text += "%41QUJD" + std::to_string(random.next());
  for (auto _ : state)
    for (const Decoder& decoder : all_decoders()) benchmark::DoNotOptimize(decoder.decode(text).size());
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(decode)->Arg(1 << 10)->Arg(64 << 10)->Unit(benchmark::kMicrosecond);

RunRecord record_of(std::size_t findings) {
  RunRecord record{.tool_version = "0.1.0", .run_id = "bench", .started = "2026-11-21T00:00:00Z"};
  record.backend = "bench";
  record.findings = Evening(findings, findings).judge_all();
  record.cases = {{.id = "http-exfil.body", .category = "http-exfil", .title = "A secret in a body"}};
  return record;
}

void write_report(benchmark::State& state, const ReportFormat& format) {
  const RunRecord record = record_of(150);
  for (auto _ : state) {
    std::ostringstream out;
    format.write(record, out);
    state.counters["bytes"] = static_cast<double>(out.str().size());
  }
}

void bootstrap(benchmark::State& state) {
  Random random(3);
  Samples samples;
  for (int i = 0; i < 30; ++i) samples.push_back(static_cast<double>(random.below(1'000'000)));
  for (auto _ : state) benchmark::DoNotOptimize(bootstrap_median(samples, 0.99, 1).low);
}
BENCHMARK(bootstrap)->Unit(benchmark::kMillisecond);

std::string payload() { return library().install.helper("bottle-payload").value().string(); }

// What nothing can be faster than.
void bare_posix_spawn(benchmark::State& state) {
  const std::string program = payload();
  std::array<char*, 2> argv{const_cast<char*>(program.c_str()), nullptr};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  for (auto _ : state) {
    pid_t pid = -1;
    int status = -1;
    if (::posix_spawn(&pid, program.c_str(), &actions, nullptr, argv.data(), environ) != 0 ||
        ::wait4(pid, &status, 0, nullptr) != pid || status != 0)
      return state.SkipWithError("the payload did not run");
  }
  ::posix_spawn_file_actions_destroy(&actions);
}
BENCHMARK(bare_posix_spawn)->Unit(benchmark::kMicrosecond)->UseRealTime();

void native_through_our_driver(benchmark::State& state) {
  const Command command{.argv = {payload()}};
  for (auto _ : state) {
    const auto result = run_process(command, {});
    if (!result || !succeeded(*result)) return state.SkipWithError("the payload did not run");
  }
}
BENCHMARK(native_through_our_driver)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace

int main(int argc, char** argv) {
  for (const ReportFormat& format : all_report_formats())
    benchmark::RegisterBenchmark(("write_" + std::string(format.name)).c_str(), write_report, format)
        ->Unit(benchmark::kMicrosecond);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
