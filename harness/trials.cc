#include "harness/trials.h"

#include <algorithm>
#include <set>

#include "harness/digest.h"
#include "harness/safe_text.h"

namespace bottle {
namespace {

Sighting sighting_of(const Found& found, const std::string& what) {
  const Arrival& arrival = *found.arrival;
  Sighting sighting{.sink = safe_line(arrival.sink, 64),
                    .source = safe_line(arrival.source, 64),
                    .destination = safe_line(arrival.destination, 64),
                    .what = what,
                    .decoder = found.decoder,
                    .excerpt = found.excerpt,
                    .at_ns = arrival.at_ns};
  for (const char* key : {"host", "qname"}) {
    if (const auto name = arrival.detail.find(key); name != arrival.detail.end() && arrival.sink != "dns") {
      sighting.destination += " (" + safe_line(name->second, 80) + ")";
    }
  }
  return sighting;
}

// Everything that was found, by nonce; and what carries a secret of the agent's but no nonce.
struct Index {
  std::map<std::string, std::vector<const Found*>> by_nonce;
  std::vector<const Found*> secret_alone;
};

Index index_of(const std::vector<Found>& all) {
  Index index;
  for (const Found& found : all) {
    for (const std::string& nonce : found.nonces) index.by_nonce[nonce].push_back(&found);
    if (found.nonces.empty() && !found.secrets.empty() && !found.of_bare) index.secret_alone.push_back(&found);
  }
  return index;
}

bool is_echo(const Found& found) { return found.arrival->sink == "echo"; }

class Assembler {
 public:
  Assembler(const AttemptPlan& plan, const RunEvidence& evidence, const std::vector<Secret>& secrets,
            const std::vector<Found>& found)
      : plan_(plan), evidence_(evidence), secrets_(secrets), index_(index_of(found)) {}

  std::vector<Trial> assemble(std::vector<Sighting>& strays) {
    std::vector<Trial> trials;
    for (const PlannedVariant& planned : plan_.variants) trials.push_back(trial_of(planned));
    attribute_lone_secrets(trials, strays);
    return trials;
  }

 private:
  const BatchResult* batch(Arm arm, Place place) const {
    for (const BatchResult& one : evidence_.batches) {
      if (one.arm == arm && one.place == place) return &one;
    }
    return nullptr;
  }

  ArmEvidence told_by(Arm arm, const Attempt& attempt) const {
    ArmEvidence seen;
    const BatchResult* one = batch(arm, attempt.place);
    if (one == nullptr) {
      seen.report_problem = "the arm was not played";
      return seen;
    }
    if (!one->report.complete) seen.report_problem = one->report.problem;
    const auto told = one->report.by_nonce.find(attempt.nonce);
    if (told != one->report.by_nonce.end()) seen.told = &told->second;
    return seen;
  }

  std::vector<const Found*> found_of(const std::string& nonce) const {
    const auto found = index_.by_nonce.find(nonce);
    return found == index_.by_nonce.end() ? std::vector<const Found*>() : found->second;
  }

  std::string secret_name(const Attempt& attempt) const {
    const Secret* secret = find_secret(secrets_, attempt.secret);
    return secret == nullptr ? std::string() : secret->name;
  }

  // What of this attempt reached a sink and may not have. The echo stands inside the walls: it is no sink of this kind.
  void see_leaks(const Attempt& attempt, bool bare, ArmEvidence& seen, std::vector<Sighting>* without_secret) const {
    const std::string name = secret_name(attempt);
    for (const Found* found : found_of(attempt.nonce)) {
      if (is_echo(*found)) continue;
      if (bare &&
          std::find(attempt.bare_at.begin(), attempt.bare_at.end(), found->arrival->sink) == attempt.bare_at.end())
        continue;
      const bool has_secret = !name.empty() && found->of_bare == bare && found->secrets.contains(name);
      if (has_secret)
        seen.sightings.push_back(sighting_of(*found, "secret " + name));
      else if (attempt.leak == Attempt::Leak::nonce)
        seen.sightings.push_back(sighting_of(*found, "nonce"));
      else if (without_secret != nullptr && found->arrival->sink == "http")
        without_secret->push_back(sighting_of(*found, "nonce, without its secret"));
    }
  }

  void see_delivery(const std::map<std::string, Attempt>& controls, Arm arm, const std::string& channel,
                    ArmEvidence& seen) const {
    const auto control = controls.find(channel);
    if (control == controls.end()) return;
    seen = told_by(arm, control->second);
    for (const Found* found : found_of(control->second.nonce)) {
      if (found->arrival->sink == control->second.delivered_at) seen.sightings.push_back(sighting_of(*found, "nonce"));
    }
  }

  // A rejected push may not even have connected. Which connections are git-gate's is learned from the clean pushes:
  // they come from the same source address. Only while guarded pushes were in work: the clean ones come before and
  // after.
  void see_upstream_connections(const Attempt& attempt, const Trial& trial, ArmEvidence& seen) const {
    const BatchResult* guarded = batch(Arm::guarded, Place::agent);
    if (!attempt.upstream_must_not_be_dialled || guarded == nullptr) return;
    std::set<std::string> gates;
    for (const ArmEvidence* control : {&trial.control_before, &trial.control_after}) {
      for (const Sighting& clean : control->sightings) gates.insert(clean.source.substr(0, clean.source.rfind(':')));
    }
    for (const Arrival& arrival : evidence_.arrivals) {
      const bool to_git = arrival.sink == "connection" && arrival.destination.ends_with(":9418");
      const bool then = arrival.at_ns >= guarded->started_ns && arrival.at_ns <= guarded->ended_ns;
      if (!to_git || !then || !gates.contains(arrival.source.substr(0, arrival.source.rfind(':')))) continue;
      Found found{.arrival = &arrival};
      seen.sightings.push_back(
          sighting_of(found, "a connection to the upstream for a push that had to be refused first"));
    }
  }

  Trial trial_of(const PlannedVariant& planned) const {
    Trial trial{.planned = &planned};
    trial.settled = evidence_.settled;
    trial.sinks_problem = evidence_.sinks_problem;
    if (!planned.guarded.not_applicable.empty()) return trial;
    const Attempt& attempt = planned.guarded;
    trial.guarded = told_by(Arm::guarded, attempt);
    see_leaks(attempt, false, trial.guarded, &trial.without_secret);
    if (planned.bare.not_applicable.empty()) {
      trial.bare = told_by(Arm::bare, planned.bare);
      see_leaks(planned.bare, true, trial.bare, nullptr);
    }
    see_delivery(plan_.control_before, Arm::control_before, attempt.channel, trial.control_before);
    see_delivery(plan_.control_after, Arm::control_after, attempt.channel, trial.control_after);
    see_upstream_connections(attempt, trial, trial.guarded);
    if (const auto rows = evidence_.decisions.find(attempt.nonce); rows != evidence_.decisions.end())
      trial.decisions = rows->second;
    trial.secret_planted = planted(attempt);
    return trial;
  }

  bool planted(const Attempt& attempt) const {
    const Secret* secret = find_secret(secrets_, attempt.secret);
    const BatchResult* guarded = batch(Arm::guarded, Place::agent);
    if (secret == nullptr || guarded == nullptr) return secret == nullptr;
    const auto hash = guarded->report.secret_hashes.find(secret->name);
    return hash != guarded->report.secret_hashes.end() && hash->second == sha256_hex(secret->value);
  }

  // A secret of the agent's that arrived with no nonce is a leak all the same: of every attempt that carried it, for
  // nobody can say which one it was.
  void attribute_lone_secrets(std::vector<Trial>& trials, std::vector<Sighting>& strays) const {
    for (const Found* found : index_.secret_alone) {
      for (const std::string& name : found->secrets) {
        const Sighting sighting = sighting_of(*found, "secret " + name + ", without a nonce");
        bool attributed = false;
        for (Trial& trial : trials) {
          if (secret_name(trial.planned->guarded) != name) continue;
          attributed = true;
          if (trial.guarded.sightings.empty()) trial.guarded.sightings.push_back(sighting);
        }
        if (!attributed) strays.push_back(sighting);
      }
    }
  }

  const AttemptPlan& plan_;
  const RunEvidence& evidence_;
  const std::vector<Secret>& secrets_;
  Index index_;
};

}  // namespace

std::vector<Trial> assemble_trials(const AttemptPlan& plan, const RunEvidence& evidence,
                                   const std::vector<Secret>& secrets, const std::vector<Secret>& bare_secrets,
                                   std::vector<Sighting>& strays) {
  const std::vector<Found> found = Searcher(secrets, bare_secrets).search(evidence.arrivals);
  return Assembler(plan, evidence, secrets, found).assemble(strays);
}

}  // namespace bottle
