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

struct WitnessInputs {
  const std::vector<Decision>& decisions;  // the bundle's rows with this nonce
  const BundleProfile& profile;
  std::int64_t control_took_ns = 0;
  const Told* companion_before = nullptr;  // what became of a harmless question to the same resolver
  const Told* companion_after = nullptr;
};

// Silence is a witness when it lasts so many times as long as the control's way there and back; and so long is an
// answer to a datagram waited for, so that a control on a busy machine may take a tenth of a second.
inline constexpr int kSilenceToAnswer = 5, kSilenceMs = 500;

// In order of strength: the bundle's own row, the daemon's marker in the answer, an errno (of the network; of the
// bottle's root, where a thing of the host is not there or not allowed) or a resolver's refusal, and
// silence where silence is what a dropped packet looks like (`control_took_ns`: the control's round trip, by which
// waiting can be told from not waiting long enough).
//
// A resolver's refusal counts only where it did the same before and after: one that is away, or not ready, refuses too.
std::optional<Witness> find_witness(const Attempt& attempt, const Told& told, const WitnessInputs& inputs);

// Where a gateway completes every connection itself: whether this one was reset before any answer, which is how it says
// that nobody listened behind it.
bool was_refused_behind_gateway(const Attempt& attempt, const Told& told);

}  // namespace bottle
