#include <algorithm>
#include <filesystem>

#include "harness/bench/contender.h"
#include "harness/file.h"
#include "harness/platform/usage.h"
#include "harness/run_directory.h"
#include "harness/safe_text.h"
#include "harness/scene.h"
#include "harness/secrets.h"
#include "harness/stopwatch.h"

namespace bottle {
namespace {

constexpr char kAgentPayload[] = "/run/bottle/bottle-payload";
constexpr std::chrono::seconds kLongestExec{30};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// What there is of ours besides this process.
struct Household {
  std::optional<OwnUse> own = own_use();
  std::optional<std::vector<int>> children = descendants();

  // What has come since; empty: nothing.
  static std::string grown(const Household& before, const Household& now) {
    if (before.own && now.own && now.own->descriptors > before.own->descriptors)
      return std::to_string(now.own->descriptors - before.own->descriptors) + " open descriptors";
    if (before.children && now.children && now.children->size() > before.children->size())
      return std::to_string(now.children->size() - before.children->size()) + " processes";
    return {};
  }
};

// One bottle, step by step: each notes its mark in the sample, and nothing follows what went wrong.
class Life {
 public:
  Life(Backend& backend, const BottleToMeasure& what, BenchSample& sample)
      : backend_(backend), what_(what), sample_(sample) {}

  Result<void> live(Company company) {
    const std::int64_t began = monotonic_ns();
    BOTTLE_TRY(const RunDirectory directory, RunDirectory::make());
    const std::string slug = directory.slug();
    directory_ = directory.path();
    BOTTLE_TRY(const Plan plan, backend_.prepare(bottle_spec(what_.inputs, slug, directory.path())));
    BOTTLE_TRY(scene_, set_scene(plan, what_.inputs));
    BOTTLE_TRY(const LaunchInputs launch, inputs_for(plan));
    sample_[BenchPhase::prepare] = monotonic_ns() - began;
    const auto lived = start_and_exec(plan, launch, company);
    const auto ended = take_down();
    return lived ? ended : lived;
  }

  // Of a bottle that is gone.
  const std::filesystem::path& directory() const { return directory_; }

 private:
  Result<LaunchInputs> inputs_for(const Plan& plan) {
    BOTTLE_TRY(LaunchInputs launch, launch_inputs(scene_, what_.inputs));
    BOTTLE_TRY(const Install guest, what_.inputs.install.for_guest(plan.guest));
    BOTTLE_TRY(const auto program, guest.helper(kPayload));
    BOTTLE_TRY(std::string bytes, read_whole(program));
    launch.agent_files = {{kAgentPayload, std::move(bytes), 0755}};
    launch.walls_alone = what_.walls_alone;
    if (!what_.walls_alone)
      launch.bundle = [this](const Lab& lab) { return bundle_program(scene_, what_.inputs, lab); };
    return launch;
  }

  Result<void> start_and_exec(const Plan& plan, const LaunchInputs& launch, Company company) {
    const std::int64_t called = monotonic_ns();
    BOTTLE_TRY(Started started, backend_.launch(plan, launch));
    bottle_ = std::move(started.bottle);
    const std::int64_t up = monotonic_ns();
    sample_[BenchPhase::create] = started.created_ns;
    sample_[BenchPhase::start] = up - called - started.created_ns.value_or(0);
    for (const Phase& phase : started.phases) sample_.details[phase.name] += phase.took_ns;
    if (!what_.walls_alone) {
      for (const int port : scene_.bundle_ports)
        if (!bottle_->listening(port)) return fail("the bundle did not come to listen on port " + std::to_string(port));
    }
    BOTTLE_TRY(const std::int64_t first_byte, run_payload());
    const std::int64_t back = monotonic_ns();
    sample_[BenchPhase::first_exec] = first_byte - up;
    sample_[BenchPhase::ready] = back - first_byte;
    sample_.cold_start = first_byte - called;
    if (const auto again = run_payload(); !again) return fail(again.error());
    sample_[BenchPhase::exec_warm] = monotonic_ns() - back;
    if (company == Company::none) sample_.peak_bytes = peak_bytes_of_descendants();
    return {};
  }

  // When its first byte came.
  Result<std::int64_t> run_payload() {
    BOTTLE_TRY(const ExecResult result,
               bottle_->exec(Place::agent, {.argv = {kAgentPayload}}, {.timeout = kLongestExec, .output_bytes = 4096}));
    if (!succeeded(result)) return fail("the payload: " + describe(result.ending) + " " + safe_line(result.err, 300));
    if (!result.first_output_ns) return fail("the payload said nothing");
    return *result.first_output_ns;
  }

  Result<void> take_down() {
    if (!bottle_) return {};
    const std::int64_t from = monotonic_ns();
    const auto stopped = bottle_->stop();
    bottle_.reset();
    sample_[BenchPhase::teardown] = monotonic_ns() - from;
    return stopped;
  }

  Backend& backend_;
  const BottleToMeasure& what_;
  BenchSample& sample_;
  Scene scene_ = {};
  std::filesystem::path directory_ = {};
  std::unique_ptr<Bottle> bottle_ = {};
};

class MeasuredBottle final : public Contender {
 public:
  MeasuredBottle(std::unique_ptr<Backend> backend, BottleToMeasure what)
      : backend_(std::move(backend)), what_(std::move(what)) {}

  BenchContender describe() const override {
    BenchContender described{.name = what_.name, .title = what_.title};
    described.facts["backend"] = std::string(backend_->name());
    for (const auto& [key, value] : what_.inputs.config.options) described.facts["option " + key] = value;
    const auto plan = backend_->prepare(bottle_spec(what_.inputs, "describe", std::filesystem::temp_directory_path()));
    if (plan) {
      for (const char* fact : {"engine", "runtime", "smolvm", "sandbox"})
        if (const auto found = plan->facts.find(fact); found != plan->facts.end()) described.facts.insert(*found);
    }
    return described;
  }

  BenchSample live(Company company) override {
    BenchSample sample;
    const std::int64_t processor = processor_time_ns();
    const Household before;
    Life life(*backend_, what_, sample);
    const auto lived = life.live(company);
    if (company == Company::none) sample.cpu = processor_time_ns() - processor;
    if (!lived) sample.problem = lived.error().what;
    const std::string left = what_is_left(life.directory(), before, company);
    if (!left.empty()) sample.problem += (sample.problem.empty() ? "" : "; ") + ("left behind: " + left);
    return sample;
  }

 private:
  std::string what_is_left(const std::filesystem::path& directory, const Household& before, Company company) const {
    std::vector<std::string> left;
    std::error_code error;
    if (!directory.empty() && std::filesystem::exists(directory, error)) left.push_back(directory.string());
    for (const std::string& line : backend_->list_active())
      if (line.find(directory.filename().string()) != line.npos) left.push_back(line);
    if (const std::string grown = company == Company::none ? Household::grown(before, {}) : ""; !grown.empty())
      left.push_back(grown);
    return joined(left);
  }

  std::unique_ptr<Backend> backend_;
  BottleToMeasure what_;
};

}  // namespace

std::unique_ptr<Contender> make_contender(std::unique_ptr<Backend> backend, const BottleToMeasure& bottle) {
  return std::make_unique<MeasuredBottle>(std::move(backend), bottle);
}

}  // namespace bottle
