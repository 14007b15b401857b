#include "harness/bench/contender.h"
#include "harness/process.h"
#include "harness/safe_text.h"
#include "harness/stopwatch.h"

namespace bottle {
namespace {

constexpr std::chrono::seconds kLongestLife{30};

std::string complaint_of(const ExecResult& result) {
  std::string text = describe(result.ending);
  if (!result.err.empty()) text += ": " + safe_line(result.err, 300);
  return text;
}

class ProgramContender final : public Contender {
 public:
  explicit ProgramContender(ProgramToMeasure program) : program_(std::move(program)) {}

  BenchContender describe() const override {
    std::string line;
    for (const std::string& word : program_.command.argv) line += (line.empty() ? "" : " ") + word;
    return {.name = program_.name, .title = program_.title, .facts = {{"command", safe_line(line, 2'000)}}};
  }

  BenchSample live(Company company) override {
    BenchSample sample;
    const std::int64_t processor = processor_time_ns(), began = monotonic_ns();
    const auto result = run_process(program_.command, {.timeout = kLongestLife, .output_bytes = 64u << 10});
    const std::int64_t ended = monotonic_ns();
    if (company == Company::none) sample.cpu = processor_time_ns() - processor;
    if (!result) {
      sample.problem = result.error().what;
    } else if (!succeeded(*result)) {
      sample.problem = complaint_of(*result);
    } else if (!result->first_output_ns) {
      sample.problem = "the payload said nothing";
    } else {
      sample[BenchPhase::first_exec] = sample.cold_start = *result->first_output_ns - began;
      sample[BenchPhase::teardown] = ended - *result->first_output_ns;
    }
    return sample;
  }

 private:
  ProgramToMeasure program_;
};

}  // namespace

std::unique_ptr<Contender> make_contender(const ProgramToMeasure& program) {
  return std::make_unique<ProgramContender>(program);
}

}  // namespace bottle
