// Puts the evidence of a run in order: one Trial for each variant, from the probers' reports, the sinks' arrivals and
// the bundle's log.
#pragma once

#include <vector>

#include "harness/arms.h"
#include "harness/evidence.h"
#include "harness/judge.h"
#include "harness/lab.h"

namespace bottle {

struct RunEvidence {
  std::vector<BatchResult> batches = {};
  std::vector<Arrival> arrivals = {};
  std::map<std::string, std::vector<Decision>> decisions = {};
  bool settled = false;
  std::string sinks_problem = {};
  std::string lie = {};  // find_lie()
};

// `strays` takes what leaked but belongs to no trial. The plan and the evidence must outlive the trials.
std::vector<Trial> assemble_trials(const AttemptPlan& plan, const RunEvidence& evidence,
                                   const std::vector<Secret>& secrets, const std::vector<Secret>& bare_secrets,
                                   std::vector<Sighting>& strays);

}  // namespace bottle
