#include "harness/witness.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace bottle {
namespace {

// The kernel's ways of saying no to a connection or a datagram. A timeout is not one of them.
constexpr std::array<std::string_view, 6> kRefusals = {"ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH",
                                                       "EACCES",       "EPERM",       "EADDRNOTAVAIL"};
constexpr int kRcodeNameError = 3, kRcodeRefused = 5;

std::optional<Witness> from_decisions(const std::vector<Decision>& decisions) {
  for (const Decision& row : decisions) {
    Witness witness{.layer = layer_named(row.daemon).value_or(Layer::none), .word = Word::bundle};
    if (row.decision == "deny")
      witness.disposition = Disposition::denied;
    else if (row.decision == "redact")
      witness.disposition = Disposition::redacted;
    else if (row.decision == "hold")
      witness.disposition = Disposition::held;
    else
      continue;
    witness.how = row.daemon + " logged \"" + row.decision + "\" by rule " + row.rule +
                  (row.where.empty() ? "" : " in " + row.where);
    return witness;
  }
  return std::nullopt;
}

bool is_refusal(std::string_view error) {
  return std::find(kRefusals.begin(), kRefusals.end(), error) != kRefusals.end();
}

// What a resolver did with one question: "ECONNREFUSED", "rcode 5".
std::string manner(const Told& told) {
  return told.dns_rcode >= 0 ? "rcode " + std::to_string(told.dns_rcode) : told.report.error;
}

// Whether a refusal of this manner is the resolver's way, and not a moment's: it did the same with a harmless question
// before and after, or it answered those.
bool is_steady(const std::string& refusal, const WitnessInputs& inputs) {
  if (inputs.companion_before == nullptr || inputs.companion_after == nullptr) return false;
  const std::string before = manner(*inputs.companion_before);
  if (before != manner(*inputs.companion_after)) return false;
  return before == refusal || (refusal.starts_with("rcode") && before == "rcode 0");
}

// Only for roads without a daemon on them: a proxy that refuses connections is dead, not strict.
std::optional<Witness> from_errno(const Attempt& attempt, const Told& told, const WitnessInputs& inputs) {
  if (!only_network_refuses(attempt)) return std::nullopt;
  const AttemptReport& report = told.report;
  if (attempt.wall == Layer::resolver && !is_steady(manner(told), inputs)) return std::nullopt;
  if (is_refusal(report.error)) {
    return Witness{Disposition::refused, attempt.wall, report.error + " at " + report.stage, Word::agent};
  }
  if (was_refused_behind_gateway(attempt, told)) {
    return Witness{Disposition::refused, attempt.wall, "ECONNRESET before any answer, by a gateway that accepts first",
                   Word::agent};
  }
  if (attempt.wall == Layer::resolver && report.stage == "resolve" && report.error == "ENOENT") {
    return Witness{Disposition::refused, Layer::resolver, "the bottle has no resolver", Word::agent};
  }
  if (attempt.wall == Layer::resolver && (told.dns_rcode == kRcodeRefused || told.dns_rcode == kRcodeNameError)) {
    return Witness{Disposition::refused, Layer::resolver,
                   told.dns_rcode == kRcodeRefused ? "the resolver answered REFUSED" : "the resolver answered NXDOMAIN",
                   Word::agent};
  }
  return std::nullopt;
}

// The ways in which a bottle says that something of the host is not for the agent.
std::optional<Witness> from_absence(const Attempt& attempt, const Told& told) {
  constexpr std::array<std::string_view, 4> kAbsences = {"ENOENT", "EACCES", "EPERM", "EROFS"};
  const AttemptReport& report = told.report;
  if (attempt.wall != Layer::sandbox || report.stage != "connect") return std::nullopt;
  if (std::find(kAbsences.begin(), kAbsences.end(), report.error) == kAbsences.end()) return std::nullopt;
  return Witness{Disposition::refused, Layer::sandbox, report.error + " behind the agent's walls", Word::agent};
}

// A dropped packet is silence, and silence is only a witness when the same client's control came back much sooner.
std::optional<Witness> from_silence(const Attempt& attempt, const Told& told, std::int64_t control_took_ns) {
  if (!only_network_refuses(attempt)) return std::nullopt;
  const AttemptReport& report = told.report;
  const bool datagram = !attempt.sent.empty() &&
                        (attempt.sent.back().first == "datagram" ||
                         (attempt.sent.back().first == "query" && attempt.action.value("transport", "") == "udp"));
  const bool no_handshake = report.stage == "connect" && (report.error == "TIMEOUT" || report.error == "ETIMEDOUT");
  const bool no_reply = datagram && (report.error == "NOREPLY" || report.error == "TIMEOUT");
  if (!no_handshake && !no_reply) return std::nullopt;
  if (control_took_ns <= 0 || report.took_ns < kSilenceToAnswer * control_took_ns) return std::nullopt;
  return Witness{Disposition::dropped, attempt.wall,
                 "no answer in " + std::to_string(report.took_ns / 1'000'000) + " ms, the control's came in " +
                     std::to_string(control_took_ns / 1'000'000) + " ms",
                 Word::agent};
}

}  // namespace

// Of a real client this error is told only where nothing came back (prober_report.cc).
bool was_refused_behind_gateway(const Attempt& attempt, const Told& told) {
  if (!attempt.accepted_first || told.report.error != "ECONNRESET") return false;
  return told.answer.empty() || (attempt.action.is_object() && attempt.action.value("action", "") == "client");
}

std::optional<Witness> find_witness(const Attempt& attempt, const Told& told, const WitnessInputs& inputs) {
  if (auto witness = from_decisions(inputs.decisions)) return witness;
  // A bundle that logs its decisions would have logged this one: a marker alone can be anybody's.
  const auto marker = inputs.profile.decisions ? std::nullopt : inputs.profile.denial_in(told.answer);
  if (marker) {
    return Witness{marker->disposition, marker->layer, std::string(name_of(marker->layer)) + "'s denial in the answer",
                   Word::agent};
  }
  if (auto witness = from_errno(attempt, told, inputs)) return witness;
  if (auto witness = from_absence(attempt, told)) return witness;
  return from_silence(attempt, told, inputs.control_took_ns);
}

}  // namespace bottle
