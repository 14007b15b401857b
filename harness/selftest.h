// The self-test: the catalogue against bottles that are wrong on purpose, and what each of them promised held against
// what was found. A verifier is worth what its false passes are worth; here they are counted.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/hole.h"
#include "harness/plan.h"
#include "harness/record.h"

namespace bottle {

inline constexpr std::string_view kSelftestSchema = "bottle-verify/selftest/v1";

// What must be said of one variant in one bottle. A known gap leaks in every bottle of this backend, if it can be
// proven there at all. Believed: it should be contained, and all that says so, or does not, is an agent that lies.
enum class Promise { contained, leaked, unproven, known_gap, believed };
std::string_view name_of(Promise promise);

// What a verdict is worth, held against the promise.
enum class Grade {
  kept,
  false_pass,   // contained, where a hole is open or what is needed is dead: the worst bug there is here
  false_alarm,  // leaked, where nothing is open
  unexplained,  // neither contained nor leaked, where one of them could have been shown
  missed,       // a promised leak or doubt for which there is no finding, or one that is not applicable
};
std::string_view name_of(Grade grade);

struct SelftestCell {
  std::string case_id = {}, variant = {};
  Promise promise = Promise::contained;
  Verdict verdict = Verdict::error;
  Grade grade = Grade::kept;
  std::string reason = {};  // the finding's
};

struct SelftestBottle {
  std::string name = {};  // the hole's; "sound" for the one in which nothing is wrong
  std::string title = {};
  std::string kind = {};         // "sound", "open", "dead", "hostile"
  std::string unsupported = {};  // why this backend cannot make it; empty: it can
  std::string problem = {};      // why it could not be run; empty: it was
  std::int64_t wall_ns = 0;
  std::vector<SelftestCell> cells = {};
  // What had no verdict when it ran the first time, and has one in `cells`: a machine that stalled for a moment.
  std::vector<SelftestCell> asked_again = {};

  bool ran() const { return unsupported.empty() && problem.empty(); }
  // Open: all that it opens leaked. Dead: nothing that needs what is dead was proven. Hostile: all is as promised, and
  // nothing is contained on the agent side's word.
  bool caught() const;
  // Nothing is wrong but that a verdict is missing: to be asked again once. A wrong one never is.
  bool only_unexplained() const;
};

struct SelftestRecord {
  std::string tool_version = {};
  std::string started = {};  // UTC
  std::string backend = {};
  std::map<std::string, std::string> host = {};
  std::string profile = {};
  std::vector<std::string> cases = {};  // ids, in the catalogue's order
  std::vector<SelftestBottle> bottles = {};
  std::int64_t wall_ns = 0;
  bool interrupted = false;
};

struct SelftestFigures {
  int open = 0, dead = 0, hostile = 0;  // bottles of each kind that this backend can make
  int caught = 0;
  int false_passes = 0, false_alarms = 0, unexplained = 0;  // variants
  int not_run = 0;                                          // bottles that could not be run
  int unsupported = 0;                                      // holes that this backend cannot make
  int asked_again = 0;                                      // bottles that had to run twice
  int known_gaps = 0;                                       // variants that leak in the sound bottle, too
  int believed = 0;                                         // variants of lying bottles that nobody could judge

  int holes() const { return open + dead + hostile; }
  // Every hole caught, and nothing said that is not so.
  bool sound() const {
    return holes() > 0 && caught == holes() && false_passes + false_alarms + unexplained + not_run == 0;
  }
};
SelftestFigures figures_of(const SelftestRecord& record);

// What is not applicable in the sound bottle has no place in any bottle of this backend: a hole that promises it of the
// same variant, and finds it so, has promised nothing.
void excuse_what_is_nowhere(SelftestRecord& record);

// Every pattern of the hole takes at least one of these variants; else which does not, in one line.
Result<void> check_promises(const Hole& hole, const std::vector<Variant>& variants);

// What the backend says of itself, in any bottle.
struct BackendLimits {
  std::vector<std::string> gaps = {};  // globs, of Plan::known_gaps
  bool believes_agents = false;        // Plan::unshadowed: where only the agent can try, a liar's word stands
};

// The findings of one run, held against what its hole promised. A finding that belongs to no variant (a stray secret)
// is held to `contained` unless a pattern takes it.
std::vector<SelftestCell> grade(const Hole& hole, const std::vector<Variant>& variants,
                                const std::vector<Finding>& findings, const BackendLimits& limits = {});

}  // namespace bottle
