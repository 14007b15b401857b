#include "harness/arms.h"

#include <fcntl.h>

#include <algorithm>
#include <map>
#include <optional>
#include <thread>

#include "harness/scene.h"

namespace bottle {
namespace {

struct Batch {
  Arm arm = Arm::guarded;
  Place place = Place::agent;
  std::vector<const Attempt*> attempts = {};
};

// What a whole report takes at the most, roughly. What is longer is none, and is not kept.
std::size_t longest_report(std::size_t attempts) {
  return std::min(ExecLimits{}.output_bytes, (std::size_t{1} << 20) + attempts * (32u << 10));
}

// There an exec has by right what the agent may not have. Where the file cannot be opened the bare arm will say so.
Fd be_on_the_host(const ArmInputs& inputs, Command& command) {
  command.environment["TMPDIR"] = inputs.scratch.string();
  command.environment.insert(inputs.host.environment.begin(), inputs.host.environment.end());
  if (inputs.host.handed_down.empty()) return {};
  Fd file(::open(inputs.host.handed_down.c_str(), O_RDONLY | O_CLOEXEC));
  if (file) command.inherit = {{kHandedDown, file.get()}};
  return file;
}

std::optional<BatchResult> run_batch(Bottle& bottle, const Batch& batch, const ArmInputs& inputs) {
  const std::vector<Secret>& secrets = batch.arm == Arm::bare ? *inputs.bare_secrets : *inputs.guarded_secrets;
  const std::string nonce = make_nonce();
  const Pace pace{.deadline_ms = batch_deadline_ms(inputs, batch.arm),
                  .patience = inputs.patience,
                  .background = batch.arm == Arm::bare};
  const bool inside = batch.place == Place::agent;
  Environment environment;  // behind the agent's walls: the agent's own
  if (!inside && batch.place != Place::agent_walls) environment = {{"PATH", kBottlePath}, {"LANG", "C.UTF-8"}};
  const std::filesystem::path& beside = batch.place == Place::host ? inputs.host_prober : inputs.prober;
  Command command{.argv = {inside ? std::string(kAgentProber) : beside.string()},
                  .environment = environment,
                  .input = batch_text(nonce, batch.attempts, inside ? secrets : std::vector<Secret>{}, pace)};
  if (!inside) command.reads = inputs.ca_files;
  const Fd handed_down = batch.place == Place::host ? be_on_the_host(inputs, command) : Fd();
  BatchResult result{.arm = batch.arm, .place = batch.place, .started_ns = monotonic_ns()};
  result.run = {.arm = std::string(name_of(batch.arm)),
                .place = std::string(name_of(batch.place)),
                .actions = static_cast<int>(batch.attempts.size())};
  const auto done = bottle.exec(batch.place, command,
                                {.timeout = std::chrono::milliseconds(pace.deadline_ms + 1500),
                                 .output_bytes = longest_report(batch.attempts.size())});
  result.ended_ns = monotonic_ns();
  result.run.wall_ns = result.ended_ns - result.started_ns;
  if (!done && done.error().fault == Fault::unsupported) return std::nullopt;  // this backend has no such place
  if (!done) {
    result.report.problem = result.run.ending = "the prober did not start: " + done.error().what;
    return result;
  }
  result.report = read_prober_report(*done, nonce, batch.attempts, secrets);
  result.run.reported = result.report.reported;
  result.run.complete = result.report.complete;
  result.run.ending = describe(done->ending);
  result.run.truncated = done->truncated;
  return result;
}

std::vector<const Attempt*> controls(const std::map<std::string, Attempt>& by_channel) {
  std::vector<const Attempt*> attempts;
  for (const auto& [channel, attempt] : by_channel) {
    if (is_made(attempt)) attempts.push_back(&attempt);
  }
  return attempts;
}

// An arm's attempts, by the place in which each has to be made.
using Batches = std::map<Place, Batch>;
void add_to(Batches& batches, Arm arm, const Attempt& attempt) {
  Batch& batch = batches[attempt.place];
  batch.arm = arm;
  batch.place = attempt.place;
  batch.attempts.push_back(&attempt);
}

std::vector<Batch> all_of(const Batches& by_place) {
  std::vector<Batch> batches;
  for (const auto& [place, batch] : by_place) batches.push_back(batch);
  return batches;
}

bool is_early(const PlannedVariant& planned) { return planned.guarded.early && is_made(planned.guarded); }

}  // namespace

// The bare arm has all the time that the others take, and lets them go first. Where few attempts are made at once, a
// wall that drops everything takes longer.
int batch_deadline_ms(const ArmInputs& inputs, Arm arm) {
  return inputs.deadline_ms * inputs.patience * (arm == Arm::bare || inputs.patience > 1 ? 2 : 1);
}

bool has_early(const AttemptPlan& plan) { return std::any_of(plan.variants.begin(), plan.variants.end(), is_early); }

std::optional<BatchResult> play_early(Bottle& bottle, const ArmInputs& inputs) {
  Batch early{.arm = Arm::early};
  for (const PlannedVariant& planned : inputs.attempts->variants)
    if (is_early(planned)) early.attempts.push_back(&planned.guarded);
  return run_batch(bottle, early, inputs);
}

std::vector<BatchResult> play_arms(Bottle& bottle, const ArmInputs& inputs, Stopwatch& stopwatch,
                                   const std::atomic<bool>& stop) {
  const AttemptPlan& plan = *inputs.attempts;
  const auto play = [&](const std::vector<Batch>& batches) {
    std::vector<BatchResult> results;
    for (const Batch& batch : batches) {
      if (stop || batch.attempts.empty()) continue;
      const std::string name =
          std::string(name_of(batch.arm)) + (batch.arm == Arm::bare ? "-" + std::string(name_of(batch.place)) : "");
      if (auto result = stopwatch.time(name, [&] { return run_batch(bottle, batch, inputs); }))
        results.push_back(std::move(*result));
    }
    return results;
  };
  Batch guarded{.arm = Arm::guarded};
  Batches shadows, bares;
  for (const PlannedVariant& planned : plan.variants) {
    if (!planned.shadow.nonce.empty()) add_to(shadows, Arm::shadow, planned.shadow);
    if (!is_made(planned.guarded)) continue;
    if (!planned.guarded.early) guarded.attempts.push_back(&planned.guarded);
    if (planned.bare.not_applicable.empty()) add_to(bares, Arm::bare, planned.bare);
  }
  // A proxy that hangs takes the time of what goes through it, not of what goes past it.
  for (Batch* batch : {&guarded, &shadows[Place::agent_network], &shadows[Place::host]}) {
    std::stable_partition(batch->attempts.begin(), batch->attempts.end(),
                          [](const Attempt* attempt) { return attempt->wall != Layer::pipelock; });
  }
  std::vector<BatchResult> bare;
  std::thread beside([&] { bare = play(all_of(bares)); });
  std::vector<BatchResult> results = play({shadows[Place::agent_walls],
                                           {Arm::control_before, Place::agent, controls(plan.control_before)},
                                           guarded,
                                           shadows[Place::agent_network],
                                           shadows[Place::host],
                                           {Arm::control_after, Place::agent, controls(plan.control_after)}});
  beside.join();
  for (BatchResult& result : bare) results.push_back(std::move(result));
  return results;
}

}  // namespace bottle
