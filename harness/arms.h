// Plays the arms: control, guarded, shadow, control, one exec of the prober each; and beside them the bare arm, one
// exec in each place that it needs. What of the shadow is behind all of the agent's walls comes before everything:
// where nothing of the agent's has run yet it can have hidden nothing. An arm whose place the backend does not have is
// left out. Brings back what the probers said.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/bottle.h"
#include "harness/plan.h"
#include "harness/prober_report.h"
#include "harness/stopwatch.h"

namespace bottle {

// One exec of the prober and what came of it.
struct BatchResult {
  Arm arm = Arm::guarded;
  Place place = Place::agent;
  ProberRun run = {};
  ProberReport report = {};
  std::int64_t started_ns = 0, ended_ns = 0;  // CLOCK_MONOTONIC, as the sinks' log has it
};

struct ArmInputs {
  const AttemptPlan* attempts = nullptr;
  const std::vector<Secret>* guarded_secrets = nullptr;
  const std::vector<Secret>* bare_secrets = nullptr;
  std::filesystem::path prober = {};                 // on the host, for the places outside the bottle
  std::filesystem::path host_prober = {};            // and for the host itself, which may be another kind of machine
  std::vector<std::filesystem::path> ca_files = {};  // on the host, what these places read
  HostSide host = {};                                // what an exec on the host finds there
  std::filesystem::path scratch = {};  // of this run, on the host: what a killed run leaves there, cleanup finds
  int deadline_ms = 10000;
  int patience = 1;  // Plan::patience
};

// Of one exec of the prober.
int batch_deadline_ms(const ArmInputs& inputs, Arm arm);

// Whether anything has to be under way before the bundle is; and that, as one exec.
bool has_early(const AttemptPlan& plan);
std::optional<BatchResult> play_early(Bottle& bottle, const ArmInputs& inputs);

std::vector<BatchResult> play_arms(Bottle& bottle, const ArmInputs& inputs, Stopwatch& stopwatch,
                                   const std::atomic<bool>& stop);

}  // namespace bottle
