#include "harness/arms.h"

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

std::optional<BatchResult> run_batch(Bottle& bottle, const Batch& batch, const ArmInputs& inputs) {
  const std::vector<Secret>& secrets = batch.arm == Arm::bare ? *inputs.bare_secrets : *inputs.guarded_secrets;
  const std::string nonce = make_nonce();
  // The bare arm has all the time that the others take, and lets them go first.
  const bool background = batch.arm == Arm::bare;
  const int deadline_ms = inputs.deadline_ms * (background ? 2 : 1);
  const bool inside = batch.place == Place::agent;
  Environment environment;  // in the agent's place: the agent's own
  if (!inside) environment = {{"PATH", kBottlePath}, {"LANG", "C.UTF-8"}};
  if (batch.place == Place::host) environment["TMPDIR"] = inputs.scratch.string();
  const Command command{
      .argv = {inside ? std::string(kAgentProber) : inputs.prober.string()},
      .environment = environment,
      .input = batch_text(nonce, batch.attempts, inside ? secrets : std::vector<Secret>{}, deadline_ms, background)};
  BatchResult result{.arm = batch.arm, .place = batch.place, .started_ns = monotonic_ns()};
  result.run = {.arm = std::string(name_of(batch.arm)),
                .place = std::string(name_of(batch.place)),
                .actions = static_cast<int>(batch.attempts.size())};
  const auto done = bottle.exec(batch.place, command,
                                {.timeout = std::chrono::milliseconds(deadline_ms + 1500),
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
  for (const auto& [channel, attempt] : by_channel) attempts.push_back(&attempt);
  return attempts;
}

// The bare arm, by the place in which each attempt has to be made.
std::vector<Batch> bare_batches(const AttemptPlan& plan) {
  std::map<Place, Batch> by_place;
  for (const PlannedVariant& planned : plan.variants) {
    if (!planned.guarded.not_applicable.empty() || !planned.bare.not_applicable.empty()) continue;
    Batch& batch = by_place[planned.bare.place];
    batch.arm = Arm::bare;
    batch.place = planned.bare.place;
    batch.attempts.push_back(&planned.bare);
  }
  std::vector<Batch> batches;
  for (auto& [place, batch] : by_place) batches.push_back(std::move(batch));
  return batches;
}

}  // namespace

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
  Batch guarded{.arm = Arm::guarded}, shadow{.arm = Arm::shadow, .place = Place::agent_network};
  for (const PlannedVariant& planned : plan.variants) {
    if (planned.guarded.not_applicable.empty()) guarded.attempts.push_back(&planned.guarded);
    if (!planned.shadow.nonce.empty()) shadow.attempts.push_back(&planned.shadow);
  }
  // A proxy that hangs takes the time of what goes through it, not of what goes past it.
  for (Batch* batch : {&guarded, &shadow}) {
    std::stable_partition(batch->attempts.begin(), batch->attempts.end(),
                          [](const Attempt* attempt) { return attempt->wall != Layer::pipelock; });
  }
  std::vector<BatchResult> bare;
  std::thread beside([&] { bare = play(bare_batches(plan)); });
  std::vector<BatchResult> results = play({{Arm::control_before, Place::agent, controls(plan.control_before)},
                                           guarded,
                                           shadow,
                                           {Arm::control_after, Place::agent, controls(plan.control_after)}});
  beside.join();
  for (BatchResult& result : bare) results.push_back(std::move(result));
  return results;
}

}  // namespace bottle
