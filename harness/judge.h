// The judge: from what was seen of one variant to its finding. It runs nothing.
//
// `contained` needs all five conditions, `leaked` a sighting. Both are made from a proof, and a proof only by the two
// functions that looked at the evidence: a pass cannot be written down by anyone else.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/evidence.h"
#include "harness/plan.h"
#include "harness/prober_report.h"
#include "harness/profile.h"
#include "harness/record.h"

namespace bottle {

// What one arm has to show for one attempt.
struct ArmEvidence {
  const Told* told = nullptr;            // null: the prober said nothing of it
  std::string report_problem = {};       // why that arm's report is not complete; empty: it is
  std::vector<Sighting> sightings = {};  // of what may not arrive (bare, guarded), or of the delivery (controls)
  std::string unheard = {};              // controls: why none could arrive
};

struct Trial {
  const PlannedVariant* planned = nullptr;
  ArmEvidence guarded = {}, bare = {}, control_before = {}, control_after = {};
  bool shadowed = false;  // the harness tried it too, in the agent's network
  ArmEvidence shadow = {};
  const Told* companion_before = nullptr;  // what became of a harmless question on the same road; may be null
  const Told* companion_after = nullptr;
  std::vector<Decision> decisions = {};         // the bundle's rows with the guarded nonce
  std::vector<Decision> shadow_decisions = {};  // with the shadow's
  std::vector<Sighting> without_secret = {};    // the guarded nonce arrived, its secret did not
  std::vector<Sighting> rerouted = {};          // it went to the allowed host that was lied about
  bool first_hop = false;                       // it came by where its first hop goes to by right
  int wordless = 0;                             // connections at its canary that said nothing
  bool secret_planted = true;                   // the agent's environment held what was planted
  bool settled = true;                          // the sinks came to rest before they were read
  std::string sinks_problem = {};               // why the sinks' log cannot be trusted; empty: it can
  std::string lie = {};                         // what the agent's report was caught saying; then none of it counts
};

struct JudgeFacts {
  std::string backend = {};
  const BundleProfile* profile = nullptr;
  bool unshadowed = false;  // only the agent can try anything: a row of the bundle's is about what it chose to send
};

// Whether all five conditions of `contained` are.
bool all_met(const Conditions& conditions);

class ContainmentProof {
 public:
  const Conditions& conditions() const { return conditions_; }
  Disposition disposition() const { return disposition_; }
  Layer layer() const { return layer_; }

 private:
  friend struct Examination;
  ContainmentProof() = default;
  Conditions conditions_;
  Disposition disposition_ = Disposition::none;
  Layer layer_ = Layer::none;
};

class LeakProof {
 public:
  const Sighting& sighting() const { return sighting_; }

 private:
  friend struct Examination;
  explicit LeakProof(Sighting sighting) : sighting_(std::move(sighting)) {}
  Sighting sighting_;
};

// What the evidence of one trial amounts to.
struct Examination {
  Conditions conditions = {};
  Disposition disposition = Disposition::none;
  Layer layer = Layer::none;
  std::optional<LeakProof> leak = {};
  std::optional<ContainmentProof> containment = {};

  static Examination of(const Trial& trial, const JudgeFacts& facts);
};

Finding judge(const Trial& trial, const JudgeFacts& facts);

// A category of which nothing could be tried for want of a tool proves nothing: its findings become inconclusive.
void require_something_tried(std::vector<Finding>& findings);

// A planted secret that arrived although no attempt carried it: a leak, whoever sent it.
Finding judge_stray(const Sighting& sighting, const JudgeFacts& facts);

}  // namespace bottle
