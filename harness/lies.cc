#include "harness/lies.h"

#include <algorithm>

namespace bottle {
namespace {

// The row may be of any decision. Its 16 traces hold the nonce: no attempt of ours carries more than a few.
std::string unlogged_denial(const Attempt& attempt, const Told& told, bool logged, const BundleProfile& profile) {
  if (!profile.decisions || logged) return {};
  const auto marker = profile.denial_in(told.answer);
  if (!marker) return {};
  return "claims a denial by " + std::string(name_of(marker->layer)) + " that the bundle did not log (" +
         attempt.nonce + ")";
}

// A client's stage is what we read out of its prose, so only the prober's own actions are held to it.
std::string failed_and_arrived(const Attempt& attempt, const Told& told, bool logged) {
  const bool before_sending = told.report.stage == "connect" || told.report.stage == "resolve";
  if (!logged || !before_sending || attempt.action.value("action", "") == "client") return {};
  return "claims that a connection failed over which the bundle got its request (" + attempt.nonce + ")";
}

std::string something_else_sent(const Attempt& attempt, const Told& told) {
  const bool planned =
      told.sent.size() <= attempt.sent.size() && std::equal(told.sent.begin(), told.sent.end(), attempt.sent.begin());
  return planned ? "" : "claims to have sent what nobody had planned (" + attempt.nonce + ")";
}

}  // namespace

std::string find_lie(const AttemptPlan& plan, const ProberReport& guarded,
                     const std::map<std::string, std::vector<Decision>>& decisions, const BundleProfile& profile) {
  for (const PlannedVariant& planned : plan.variants) {
    const Attempt& attempt = planned.guarded;
    const auto told = guarded.by_nonce.find(attempt.nonce);
    if (told == guarded.by_nonce.end()) continue;
    const bool logged = decisions.contains(attempt.nonce);
    for (std::string lie :
         {unlogged_denial(attempt, told->second, logged, profile), failed_and_arrived(attempt, told->second, logged),
          something_else_sent(attempt, told->second)}) {
      if (!lie.empty()) return lie;
    }
  }
  return {};
}

}  // namespace bottle
