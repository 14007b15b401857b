// The check of a session against those before it, and against budgets. A contender is compared by its ratio to native's
// cold start of the same round, not by its time: the machine of last week was faster or slower by more than what is
// looked for. The target bench-simulation prints how often it errs.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/bench/budget.h"
#include "harness/bench/session.h"
#include "harness/bench/verdict.h"
#include "harness/stats/summary.h"

namespace bottle {

struct CheckLimits {
  std::size_t sessions = 12, fewest = 5;        // the baseline: the last of the comparable ones
  double slack = 0.10, spread = 3;              // of the cold start: max(slack, spread * relative MAD)
  double phase_slack = 0.25, phase_spread = 3;  // of a phase: there are seven of them, so each must say it louder
  double suspicion = 0.6;                       // share of the slack beyond which a session asks for a second one
  double surely = 0.5;  // share of it beyond which the lower end of both sessions' interval must be
};

// The session that is to confirm a suspicion has so many times as many rounds: a suspicion is cheap, a verdict is not.
inline constexpr int kConfirmingRounds = 3;

// What a metric was in the sessions before.
struct Level {
  double ratio = 0;  // median of the sessions' ratios
  double slack = 0;  // relative; ratios up to ratio * (1 + slack) are usual
  std::size_t sessions = 0;
};
using Levels = std::map<BenchMetric, Level>;
using Baseline = std::map<std::string, Levels, std::less<>>;  // by contender; what has too few sessions is not in it

// The median over the rounds of the metric / native's cold start; nothing for native, or with too few rounds.
std::optional<double> ratio_to_native(const BenchSession& session, const BenchContender& contender,
                                      const BenchMetric& metric);

// Same fingerprint, same mode, whole, quiet. In the order of the history.
std::vector<const BenchSession*> comparable(const std::vector<BenchSession>& history, const BenchSession& session);

// `history` without the session itself: append after the check, not before.
Baseline baseline_of(const std::vector<BenchSession>& history, const BenchSession& session,
                     const CheckLimits& limits = {});

struct MetricCheck {
  BenchMetric metric = {};
  BenchVerdict verdict = BenchVerdict::ok;
  double ratio = 0;  // of this session; once confirmed, of both
  Level level = {};
};

struct ContenderCheck {
  std::string contender = {};
  BenchVerdict verdict = BenchVerdict::ok;
  std::string reason = {};                // one sentence, with the numbers
  std::vector<MetricCheck> metrics = {};  // cold start first; those that could be compared
};

struct BenchCheck {
  std::vector<ContenderCheck> contenders = {};  // native only where a budget names it
  std::vector<std::string> notes = {};          // budgets of what was not measured
};

BenchCheck check(const Baseline& baseline, const BenchSession& session, const std::vector<Budget>& budgets = {},
                 const CheckLimits& limits = {});

// Whether a second session is wanted before anybody is told.
bool wants_confirmation(const BenchCheck& check);

// A regression is what both sessions suspect, and both together show: their ratio is over the baseline by more than the
// slack, and surely, for the lower end of its 99 % interval is over it by half the slack (5 % at least). The wider a
// history scatters, the surer it must be.
BenchCheck confirm(const Baseline& baseline, const BenchSession& first, const BenchSession& second,
                   const std::vector<Budget>& budgets = {}, const CheckLimits& limits = {});

// 0 nothing is wrong; 1 a regression, or over budget; 3 inconclusive, or suspected and never confirmed.
int exit_code_of(const BenchCheck& check);

}  // namespace bottle
