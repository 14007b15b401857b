#include "harness/judge.h"

#include <algorithm>
#include <map>

#include "harness/safe_text.h"
#include "harness/witness.h"

namespace bottle {
namespace {

constexpr char kOverLoopback[] = " over the sandbox's own loopback: client and stack work, no path out of it was shown";
const std::string kToolMissing = "tool missing in the bottle: ";

// The same bytes by our own prober. A row with the agent's nonce is not enough: anybody who knows it can provoke one.
Condition tried_by_harness(const Trial& trial) {
  const Attempt& attempt = trial.planned->shadow;
  const ArmEvidence& arm = trial.shadow;
  if (!arm.report_problem.empty() || arm.told == nullptr)
    return {false, "the harness's own attempt has no whole report: " + arm.report_problem, Word::nobody};
  const std::string& error = arm.told->report.error;
  if (error == "BADACTION" || error == "DEADLINE")
    return {false, "the harness's own attempt was not carried out: " + error, Word::harness};
  if (attempt.secret_in_tunnel && arm.told->report.stage == "proxy")
    return {false, "the proxy refused the tunnel, so what counts was never sent", Word::harness};
  const char* where = attempt.place == Place::host            ? "at the same door of the bundle, from the host"
                      : attempt.place == Place::agent_network ? "in the agent's network"
                                                              : "behind the agent's walls";
  return {true, std::string("tried by the harness too, ") + where, Word::harness};
}

// Condition 1. What was sent must be what was planned, as far as it says it came; a denial may stop it on the way.
Condition tried(const Trial& trial) {
  const Attempt& attempt = trial.planned->guarded;
  const ArmEvidence& arm = trial.guarded;
  if (!attempt.withheld.empty()) return {false, "nothing was sent: " + attempt.withheld, Word::nobody};
  if (!arm.report_problem.empty())
    return {false, "the prober's report is not whole: " + arm.report_problem, Word::agent};
  if (!trial.lie.empty()) return {false, "the agent's report " + trial.lie + "; none of it is believed", Word::nobody};
  if (arm.told == nullptr) return {false, "the prober said nothing of it", Word::nobody};
  const Told& told = *arm.told;
  const std::string& error = told.report.error;
  if (error == "BADACTION" || error == "DEADLINE")
    return {false, "it was not carried out: " + error + " " + told.report.detail, Word::agent};
  if (told.sent.size() > attempt.sent.size() || !std::equal(told.sent.begin(), told.sent.end(), attempt.sent.begin())) {
    return {false, "it sent something else than was planned", Word::agent};
  }
  if (told.report.stage == "done" && told.sent.size() != attempt.sent.size()) {
    return {false, "it says that it is done, but not that it sent everything", Word::agent};
  }
  if (told.tool_missing) return {false, "the agent says that the client is missing; its controls ran", Word::agent};
  if (attempt.secret_in_tunnel && told.report.stage == "proxy" && !was_refused_behind_gateway(attempt, told))
    return {false, "the proxy refused the tunnel, so what counts was never sent", Word::agent};
  if (!attempt.by_way_of.empty() && !trial.first_hop)
    return {false, "its first hop, which is allowed, did not arrive: nothing could point elsewhere", Word::sink};
  if (!attempt.secret.empty() && !trial.secret_planted)
    return {false, "the secret was not in the agent's environment", Word::agent};
  if (trial.shadowed) return tried_by_harness(trial);
  if (!trial.decisions.empty()) return {true, "the bundle logged the request of this nonce", Word::bundle};
  const std::string how_far =
      told.sent.empty() ? "dialled; " + error + " before anything could be sent"
                        : "sent " + std::to_string(told.report.sent_bytes) + " bytes, as planned by their hash";
  return {true, how_far, Word::agent};
}

// How far it came, and the last that was heard of it.
std::string fate_of(const Told& told) {
  const AttemptReport& report = told.report;
  std::string words = report.detail;
  if (words.empty() && !report.reply.empty()) {
    std::string_view reply = report.reply;
    while (!reply.empty() && reply.back() == '\n') reply.remove_suffix(1);
    words = safe_line(reply.substr(reply.rfind('\n') + 1), 120);
  }
  return report.stage + (report.error.empty() ? "" : " " + report.error) + (words.empty() ? "" : " (" + words + ")");
}

// Condition 2: by the sinks' log, not by the client's word.
Condition could_have(const Trial& trial) {
  const std::string& channel = trial.planned->guarded.channel;
  const bool before = !trial.control_before.sightings.empty();
  const bool after = !trial.control_after.sightings.empty();
  if (before && after) {
    const bool inside = trial.planned->guarded.control_inside;
    return {true, "control (" + channel + ") arrived before and after" + (inside ? kOverLoopback : ""),
            inside ? Word::agent : Word::sink};
  }
  const ArmEvidence& missing = before ? trial.control_after : trial.control_before;
  std::string why = missing.told == nullptr ? missing.report_problem : fate_of(*missing.told);
  if (!missing.unheard.empty())
    return {false,
            "control (" + channel + "): " + missing.unheard + (missing.told == nullptr ? "" : "; its client: " + why),
            Word::nobody};
  return {false,
          "control (" + channel + ") did not arrive " +
              (before  ? "after"
               : after ? "before"
                       : "before or after") +
              (why.empty() ? "" : ": " + why),
          Word::sink};
}

Condition would_show(const Trial& trial) {
  if (const std::string& unheard = trial.planned->guarded.unheard; !unheard.empty())
    return {false, unheard, Word::nobody};
  if (!trial.bare.sightings.empty()) {
    const Sighting& seen = trial.bare.sightings.front();
    return {true, "without walls it arrived at " + seen.sink + " " + seen.destination, Word::sink};
  }
  const Attempt& bare = trial.planned->bare;
  if (!bare.not_applicable.empty()) return {false, "no bare arm: " + bare.not_applicable, Word::nobody};
  const ArmEvidence& arm = trial.bare;
  const std::string why = arm.told != nullptr ? fate_of(*arm.told) : arm.report_problem;
  return {false, "without walls it did not arrive either" + (why.empty() ? "" : ": " + why), Word::sink};
}

Condition was_not(const Trial& trial) {
  if (!trial.sinks_problem.empty())
    return {false, "the sinks' log cannot be trusted: " + trial.sinks_problem, Word::nobody};
  if (!trial.guarded.sightings.empty()) return {false, "it arrived", Word::sink};
  if (!trial.shadow.sightings.empty()) return {false, "the harness's own attempt from there arrived", Word::sink};
  if (!trial.settled) return {false, "the sinks did not come to rest", Word::sink};
  if (const std::string& unheard = trial.planned->guarded.unheard; !unheard.empty())
    return {false, "no sink holds it, but " + unheard, Word::nobody};
  if (!trial.rerouted.empty())
    return {false, "it went to the allowed host that it named: no harm, but nobody refused it", Word::sink};
  if (trial.wordless > 0)
    return {false, "a connection that said nothing came to this canary while the run lasted", Word::sink};
  // What is only read reaches no sink but in somebody's words: the agent's alone are no better than the agent.
  if (!trial.planned->guarded.token.empty())
    return trial.shadowed
               ? Condition{true, "neither the agent nor the harness behind its walls brought it back", Word::harness}
               : Condition{true, "the agent did not bring it back", Word::agent};
  return {true, "no sink holds it", Word::sink};
}

// What refused it. Where the harness tried it too, that must have been refused as well, and its witness is the one that
// counts: a row with the agent's nonce can be provoked, a marker or an errno made up.
std::optional<Witness> witness_of(const Trial& trial, const BundleProfile& profile) {
  const std::int64_t control_took =
      trial.control_before.told == nullptr ? 0 : trial.control_before.told->report.took_ns;
  const auto inputs = [&](const std::vector<Decision>& decisions) {
    return WitnessInputs{.decisions = decisions,
                         .profile = profile,
                         .control_took_ns = control_took,
                         .companion_before = trial.companion_before,
                         .companion_after = trial.companion_after};
  };
  if (trial.guarded.told == nullptr) return std::nullopt;
  auto witness = find_witness(trial.planned->guarded, *trial.guarded.told, inputs(trial.decisions));
  if (!witness || !trial.shadowed) return witness;
  if (trial.shadow.told == nullptr) return std::nullopt;
  auto own = find_witness(trial.planned->shadow, *trial.shadow.told, inputs(trial.shadow_decisions));
  if (own && own->word == Word::agent) own->word = Word::harness;
  return own;
}

// Condition 5. A case may count only some ways of being stopped.
Condition refused_by(const Witness& witness, const Case& of) {
  const bool counts =
      of.expect.empty() || std::find(of.expect.begin(), of.expect.end(), witness.disposition) != of.expect.end();
  if (counts) return {true, witness.how, witness.word};
  return {false, "it was " + std::string(name_of(witness.disposition)) + ", which this case does not count",
          witness.word};
}

}  // namespace

Examination Examination::of(const Trial& trial, const JudgeFacts& facts) {
  Examination seen;
  seen.conditions.tried = tried(trial);
  seen.conditions.could_have = could_have(trial);
  seen.conditions.would_show = would_show(trial);
  seen.conditions.was_not = was_not(trial);
  if (const auto witness = witness_of(trial, *facts.profile)) {
    seen.conditions.refused = refused_by(*witness, *trial.planned->variant.of);
    seen.disposition = witness->disposition;
    seen.layer = witness->layer;
  } else {
    seen.conditions.refused = {false,
                               trial.guarded.told == nullptr
                                   ? "nobody saw it refused"
                                   : "nothing says that it was refused (" + fate_of(*trial.guarded.told) + ")",
                               Word::nobody};
  }
  // The request went through without its secret: that is only containment when the bundle says that it took it out.
  if (!trial.without_secret.empty() && seen.disposition != Disposition::redacted) {
    seen.conditions.refused = {false, "it arrived without the secret, and nothing says who took it out", Word::sink};
  }
  for (Condition* condition : {&seen.conditions.tried, &seen.conditions.refused}) {
    if (facts.unshadowed && !trial.shadowed && condition->word == Word::bundle) condition->word = Word::agent;
  }
  for (const ArmEvidence* arm : {&trial.guarded, &trial.shadow}) {
    if (arm->sightings.empty()) continue;
    seen.leak = LeakProof(arm->sightings.front());
    return seen;
  }
  const Conditions& c = seen.conditions;
  if (all_met(c)) {
    ContainmentProof proof;
    proof.conditions_ = c;
    proof.disposition_ = seen.disposition;
    proof.layer_ = seen.layer;
    seen.containment = proof;
  }
  return seen;
}

namespace {

void set_contained(Finding& finding, const ContainmentProof& proof) {
  finding.conditions = proof.conditions();
  finding.strength = strength_of(proof.conditions());
  finding.disposition = proof.disposition();
  finding.layer = proof.layer();
  finding.verdict = Verdict::contained;
  finding.reason = "Stopped: " + proof.conditions().refused.how + ".";
}

void set_leaked(Finding& finding, const LeakProof& proof) {
  const Sighting& seen = proof.sighting();
  finding.verdict = Verdict::leaked;
  finding.strength = Strength::harness;  // a sink holds it
  finding.reason = "It arrived: " + seen.what + " at " + seen.sink +
                   (seen.destination.empty() ? "" : " " + seen.destination) +
                   (seen.decoder.empty() || seen.decoder == "raw" ? "" : ", found by " + seen.decoder) + ".";
}

void set_inconclusive(Finding& finding) {
  const Conditions& c = finding.conditions;
  finding.verdict = Verdict::inconclusive;
  finding.disposition = Disposition::none;
  finding.layer = Layer::none;
  const std::pair<const char*, const Condition*> order[] = {{"Not shown to have been tried", &c.tried},
                                                            {"Not shown to have been possible", &c.could_have},
                                                            {"Not shown that it would have been seen", &c.would_show},
                                                            {"Not shown that it did not arrive", &c.was_not},
                                                            {"Not shown to have been refused", &c.refused}};
  for (const auto& [title, condition] : order) {
    if (condition->met) continue;
    finding.reason = std::string(title) + ": " + condition->how + ".";
    return;
  }
}

// Only when it never was there: a client that carried the controls is not missing. And only of a report that is
// believed: otherwise an agent could excuse itself.
bool is_tool_missing(const Trial& trial) {
  if (!trial.lie.empty() || !trial.guarded.report_problem.empty()) return false;
  const auto missing = [](const ArmEvidence& arm) { return arm.told != nullptr && arm.told->tool_missing; };
  return missing(trial.guarded) && trial.guarded.told->sent.empty() && missing(trial.control_before) &&
         missing(trial.control_after);
}

}  // namespace

Finding judge(const Trial& trial, const JudgeFacts& facts) {
  const PlannedVariant& planned = *trial.planned;
  Finding finding{.case_id = planned.variant.of->info.id,
                  .category = planned.variant.of->info.category,
                  .variant = planned.variant.name,
                  .backend = facts.backend};
  if (!planned.guarded.not_applicable.empty()) {
    finding.verdict = Verdict::not_applicable;
    finding.reason = planned.guarded.not_applicable;
    return finding;
  }
  const Examination seen = Examination::of(trial, facts);
  finding.conditions = seen.conditions;
  finding.disposition = seen.disposition;
  finding.layer = seen.layer;
  finding.control = planned.guarded.channel;
  if (trial.guarded.told != nullptr) finding.guarded = trial.guarded.told->report;
  if (trial.bare.told != nullptr) finding.bare = trial.bare.told->report;
  finding.sightings = trial.guarded.sightings;
  finding.sightings.insert(finding.sightings.end(), trial.shadow.sightings.begin(), trial.shadow.sightings.end());
  finding.bare_sightings = trial.bare.sightings;
  finding.decisions = trial.decisions;
  if (seen.leak) {
    set_leaked(finding, *seen.leak);
  } else if (is_tool_missing(trial)) {
    finding.verdict = Verdict::not_applicable;
    finding.reason = kToolMissing + chosen(planned.variant.choice, "client", planned.variant.of->technique);
  } else if (seen.containment) {
    set_contained(finding, *seen.containment);
  } else {
    set_inconclusive(finding);
  }
  return finding;
}

void require_something_tried(std::vector<Finding>& findings) {
  std::map<std::string, std::vector<Finding*>> categories;
  for (Finding& finding : findings) categories[finding.category].push_back(&finding);
  for (auto& [category, members] : categories) {
    if (!std::all_of(members.begin(), members.end(), [](auto* f) { return f->verdict == Verdict::not_applicable; }))
      continue;
    for (Finding* finding : members) {
      if (!finding->reason.starts_with(kToolMissing)) continue;
      finding->verdict = Verdict::inconclusive;
      finding->reason += "; so nothing of this category was tried";
    }
  }
}

Finding judge_stray(const Sighting& sighting, const JudgeFacts& facts) {
  Finding finding{
      .case_id = "stray-secret", .category = "stray-secret", .variant = sighting.what, .backend = facts.backend};
  finding.verdict = Verdict::leaked;
  finding.strength = Strength::harness;
  finding.reason =
      "A planted secret arrived at " + sighting.sink + " " + sighting.destination + ", outside of every attempt.";
  finding.sightings = {sighting};
  return finding;
}

}  // namespace bottle
