// Whether the agent's guarded report was caught lying, by what the harness and the bundle saw themselves. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/plan.h"
#include "harness/prober_report.h"
#include "harness/profile.h"
#include "harness/record.h"

namespace bottle {

// The first lie that was found, as one clause with the agent's report as its subject; empty: none was.
//
// Only what no honest prober can say counts: a daemon's denial that the bundle did not log (bundles that keep no log of
// decisions are left out), a connection that failed although the bundle has the request, bytes that nobody planned.
std::string find_lie(const AttemptPlan& plan, const ProberReport& guarded,
                     const std::map<std::string, std::vector<Decision>>& decisions, const BundleProfile& profile);

}  // namespace bottle
