// What reached the host without passing the lab, added to the sinks' log. Three sinks:
//
//   canary:host-files  a file in the host's canary directory. What is not ours there, or what is missing or changed of
//                      ours, is a `connection` without a word: somebody came, and did not say who
//   report             a token of a HostCanary in what a prober reported. The attempt's nonce stands beside it only
//                      where it was after that token
//   bottle-files       what a control wrote where the agent may write, read by the harness behind the agent's walls
#pragma once

#include <filesystem>

#include "harness/host_canaries.h"
#include "harness/trials.h"

namespace bottle {

// After everything else: the bundle has ended. `prober` is the host's.
void add_host_arrivals(Bottle& bottle, const AttemptPlan& plan, const HostCanaries& canaries,
                       const std::filesystem::path& prober, RunEvidence& evidence);

// Its parts.
void add_reported_tokens(const AttemptPlan& plan, const HostCanaries& canaries, RunEvidence& evidence);
void add_written_files(const HostCanaries& canaries, RunEvidence& evidence);
void add_controls_files(Bottle& bottle, const AttemptPlan& plan, const std::filesystem::path& prober,
                        RunEvidence& evidence);

}  // namespace bottle
