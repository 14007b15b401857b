#include "harness/cli/bench_program.h"

#include "harness/process.h"
#include "harness/safe_text.h"

namespace bottle {
namespace {

constexpr std::chrono::seconds kLongestRun{120};

class OtherProgram final : public Contender {
 public:
  OtherProgram(std::string word, std::string program, std::string contender)
      : word_(std::move(word)), program_(std::move(program)), contender_(std::move(contender)) {}

  BenchContender describe() const override {
    return {.name = word_, .title = "as measured by " + program_, .facts = {{"program", program_}}};
  }

  BenchSample live(Company) override {
    const auto sample = ask();
    if (sample) return *sample;
    return {.problem = sample.error().what};
  }

 private:
  // The program measures the contender once, beside its own control, which is not looked at here.
  Result<BenchSample> ask() const {
    std::vector<std::string> argv{program_, "bench",   "--rounds", "1",     "--warm-ups",
                                  "0",      "--quiet", "--output", "json=-"};
    if (!contender_.empty()) argv.push_back(contender_);
    const Command command{.argv = argv,
                          .environment = variables_beginning_with({"HOME=", "PATH=", "TMPDIR=", "DOCKER_"})};
    BOTTLE_TRY(const ExecResult result, run_process(command, {.timeout = kLongestRun}));
    const auto session = session_from_line(result.out.substr(0, result.out.find('\n')));
    if (!session)
      return fail(program_ + " bench: " + bottle::describe(result.ending) + ": " +
                  safe_line(result.err.empty() ? session.error().what : result.err, 300));
    for (const BenchContender& one : session->contenders) {
      if (one.name == kNative || one.samples.empty()) continue;
      return one.samples.back();
    }
    return fail(program_ + " bench measured nothing");
  }

  std::string word_, program_, contender_;
};

}  // namespace

Result<std::function<Result<std::unique_ptr<Contender>>()>> other_program_maker(const std::string& word) {
  const auto colon = std::min(word.find(':'), word.size());
  const std::string program = word.substr(0, colon);
  const std::string contender = colon < word.size() ? word.substr(colon + 1) : "";
  if (find_program(program).empty())
    return fail(program + ": no such program; another bottle-verify's path was expected", Fault::usage);
  return
      [=]() -> Result<std::unique_ptr<Contender>> { return std::make_unique<OtherProgram>(word, program, contender); };
}

}  // namespace bottle
