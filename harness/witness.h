// Condition 5: what refused an attempt, and on whose word. Nothing here is a guess: an error that is not a refusal (a
// certificate, a dead proxy, a 502) is no witness.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/attempt.h"
#include "harness/prober_report.h"
#include "harness/profile.h"
#include "harness/record.h"

namespace bottle {

struct Witness {
  Disposition disposition = Disposition::none;
  Layer layer = Layer::none;
  std::string how = {};
  Word word = Word::nobody;
};

// In order of strength: the bundle's own row, the daemon's marker in the answer, an errno or a resolver's refusal, and
// silence where silence is what a dropped packet looks like (`control_took_ns`: the control's round trip, by which
// waiting can be told from not waiting long enough).
std::optional<Witness> find_witness(const Attempt& attempt, const Told& told, const std::vector<Decision>& decisions,
                                    const BundleProfile& profile, std::int64_t control_took_ns);

}  // namespace bottle
