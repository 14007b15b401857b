#include "harness/trials.h"

#include "harness/digest.h"
#include "harness/sighted.h"

namespace bottle {
namespace {

class Assembler {
 public:
  Assembler(const AttemptPlan& plan, const RunEvidence& evidence, const std::vector<Secret>& secrets,
            const Sighted& sighted)
      : plan_(plan), evidence_(evidence), secrets_(secrets), sighted_(sighted) {}

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

  ArmEvidence control_of(const std::map<std::string, Attempt>& controls, Arm arm, const std::string& channel) const {
    const auto control = controls.find(channel);
    if (control == controls.end()) return {};
    ArmEvidence seen = told_by(arm, control->second);
    seen.sightings = sighted_.of_control(control->second);
    seen.unheard = control->second.withheld.empty() ? control->second.unheard : control->second.withheld;
    return seen;
  }

  // A rejected push may not even have connected. Only while guarded pushes were in work: the clean ones come before and
  // after.
  void see_upstream_connections(Trial& trial) const {
    const BatchResult* guarded = batch(Arm::guarded, Place::agent);
    if (!trial.planned->guarded.upstream_must_not_be_dialled || guarded == nullptr) return;
    std::vector<Sighting> clean = trial.control_before.sightings;
    clean.insert(clean.end(), trial.control_after.sightings.begin(), trial.control_after.sightings.end());
    const Attempt& push = trial.planned->guarded;
    for (Sighting& one : sighted_.gate_connections(push, clean, guarded->started_ns, guarded->ended_ns))
      trial.guarded.sightings.push_back(std::move(one));
  }

  Trial trial_of(const PlannedVariant& planned) const {
    Trial trial{.planned = &planned};
    trial.settled = evidence_.settled;
    trial.sinks_problem = evidence_.sinks_problem;
    trial.lie = evidence_.lie;
    if (!planned.guarded.not_applicable.empty()) return trial;
    const Attempt& attempt = planned.guarded;
    trial.guarded = told_by(attempt.early ? Arm::early : Arm::guarded, attempt);
    Seen seen = sighted_.of_guarded(attempt);
    trial.guarded.sightings = std::move(seen.leaks);
    trial.without_secret = std::move(seen.without_secret);
    trial.rerouted = std::move(seen.rerouted);
    trial.first_hop = seen.first_hop;
    if (!planned.shadow.nonce.empty() && batch(Arm::shadow, planned.shadow.place) != nullptr) {
      trial.shadowed = true;
      trial.shadow = told_by(Arm::shadow, planned.shadow);
      Seen own = sighted_.of_guarded(planned.shadow);
      trial.shadow.sightings = std::move(own.leaks);
      for (auto [from, to] : {std::pair{&own.without_secret, &trial.without_secret}, {&own.rerouted, &trial.rerouted}})
        to->insert(to->end(), from->begin(), from->end());
      trial.shadow_decisions = rows_of(planned.shadow);
    }
    if (!attempt.canary.empty()) trial.wordless = sighted_.wordless_connections(attempt.canary);
    if (planned.bare.not_applicable.empty()) {
      trial.bare = told_by(Arm::bare, planned.bare);
      trial.bare.sightings = sighted_.of_bare(planned.bare);
    }
    trial.control_before = control_of(plan_.control_before, Arm::control_before, attempt.channel);
    trial.control_after = control_of(plan_.control_after, Arm::control_after, attempt.channel);
    trial.companion_before = control_of(plan_.control_before, Arm::control_before, attempt.companion).told;
    trial.companion_after = control_of(plan_.control_after, Arm::control_after, attempt.companion).told;
    see_upstream_connections(trial);
    trial.decisions = rows_of(attempt);
    trial.secret_planted = planted(attempt);
    return trial;
  }

  std::vector<Decision> rows_of(const Attempt& attempt) const {
    const auto rows = evidence_.decisions.find(attempt.nonce);
    return rows == evidence_.decisions.end() ? std::vector<Decision>() : rows->second;
  }

  bool planted(const Attempt& attempt) const {
    const Secret* secret = find_secret(secrets_, attempt.secret);
    const BatchResult* guarded = batch(Arm::guarded, Place::agent);
    if (secret == nullptr || guarded == nullptr) return secret == nullptr;
    const auto hash = guarded->report.secret_hashes.find(secret->name);
    return hash != guarded->report.secret_hashes.end() && hash->second == sha256_hex(secret->value);
  }

  // A leak all the same: of every attempt that carried the secret, for nobody can say which one it was.
  void attribute_lone_secrets(std::vector<Trial>& trials, std::vector<Sighting>& strays) const {
    for (const LoneSecret& lone : sighted_.lone_secrets()) {
      bool attributed = false;
      for (Trial& trial : trials) {
        const Secret* secret = find_secret(secrets_, trial.planned->guarded.secret);
        if (secret == nullptr || secret->name != lone.name) continue;
        attributed = true;
        if (trial.guarded.sightings.empty()) trial.guarded.sightings.push_back(lone.sighting);
      }
      if (!attributed) strays.push_back(lone.sighting);
    }
  }

  const AttemptPlan& plan_;
  const RunEvidence& evidence_;
  const std::vector<Secret>& secrets_;
  const Sighted& sighted_;
};

}  // namespace

std::vector<Trial> assemble_trials(const AttemptPlan& plan, const RunEvidence& evidence,
                                   const std::vector<Secret>& secrets, const std::vector<Secret>& bare_secrets,
                                   std::vector<Sighting>& strays) {
  const Sighted sighted(plan, evidence.arrivals, secrets, bare_secrets);
  return Assembler(plan, evidence, secrets, sighted).assemble(strays);
}

}  // namespace bottle
