#include "reports/evidence.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/safe_text.h"
#include "reports/outcome.h"

namespace bottle {
namespace {

constexpr std::size_t kShown = 5;  // sightings and decisions of one finding; the record has them all

using Lines = std::vector<EvidenceLine>;

void add_condition(Lines& lines, std::string_view name, const Condition& condition) {
  std::string text = fmt::format("{:<16}{}", name, condition.how.empty() ? "not shown" : condition.how);
  if (condition.word != Word::nobody) text += fmt::format(" ({}'s word)", name_of(condition.word));
  lines.push_back({condition.met ? Side::good : Side::bad, condition.met ? "met" : "NOT MET", text});
}

bool says_nothing(const Condition& condition) { return !condition.met && condition.how.empty(); }

void add_conditions(Lines& lines, const Conditions& conditions) {
  const auto& c = conditions;
  const Condition* all[] = {&c.tried, &c.could_have, &c.would_show, &c.was_not, &c.refused};
  if (std::ranges::all_of(all, [](const Condition* each) { return says_nothing(*each); })) return;
  add_condition(lines, "tried", conditions.tried);
  add_condition(lines, "could have", conditions.could_have);
  add_condition(lines, "would be seen", conditions.would_show);
  add_condition(lines, "was not seen", conditions.was_not);
  add_condition(lines, "refused", conditions.refused);
  if (const std::string words = rests_on(conditions); !words.empty()) lines.push_back({Side::plain, "rests on", words});
}

void add_sightings(Lines& lines, std::string_view label, Side side, const std::vector<Sighting>& sightings) {
  const std::size_t shown = std::min(sightings.size(), kShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const Sighting& s = sightings[i];
    lines.push_back({side, std::string(label),
                     fmt::format("{} holds the {}{}, {} -> {}", s.sink, s.what,
                                 s.decoder.empty() ? "" : " (" + s.decoder + ")", s.source, s.destination)});
    if (!s.excerpt.empty()) lines.push_back({Side::plain, "", "| " + s.excerpt});
  }
  if (sightings.size() > shown) {
    lines.push_back({Side::plain, "", fmt::format("and {} more in the record", sightings.size() - shown)});
  }
}

void add_attempt(Lines& lines, std::string_view label, const std::optional<AttemptReport>& attempt) {
  if (!attempt) return;
  std::string text = fmt::format("says: came as far as \"{}\"", attempt->stage);
  if (!attempt->error.empty()) text += ", " + attempt->error;
  if (!attempt->detail.empty()) text += fmt::format(" ({})", attempt->detail);
  text += fmt::format("; {} bytes sent, {}", attempt->sent_bytes, duration(attempt->took_ns));
  lines.push_back({Side::plain, std::string(label), text});
  if (!attempt->reply.empty()) lines.push_back({Side::plain, "", "| " + attempt->reply});
}

void add_decisions(Lines& lines, const std::vector<Decision>& decisions) {
  const std::size_t shown = std::min(decisions.size(), kShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const Decision& d = decisions[i];
    std::string text = fmt::format("{} says: {}", d.daemon, d.decision);
    if (!d.rule.empty()) text += ", rule " + d.rule;
    if (!d.where.empty()) text += ", in " + d.where;
    lines.push_back({Side::plain, "bundle", text});
  }
  if (decisions.size() > shown) {
    lines.push_back({Side::plain, "", fmt::format("and {} more in the record", decisions.size() - shown)});
  }
}

}  // namespace

std::string waiver_sentence(const Waived& waived) {
  return fmt::format("by {} until {}: {}", waived.owner, waived.expires, waived.reason);
}

std::vector<EvidenceLine> evidence_of(const Finding& finding) {
  constexpr std::size_t kLine = 600;
  Lines lines;
  if (finding.waived) lines.push_back({Side::plain, "waived", waiver_sentence(*finding.waived)});
  add_conditions(lines, finding.conditions);
  add_sightings(lines, "leak", Side::bad, finding.sightings);
  add_attempt(lines, "client", finding.guarded);
  add_decisions(lines, finding.decisions);
  add_sightings(lines, "bare arm", Side::plain, finding.bare_sightings);
  add_attempt(lines, "bare arm", finding.bare);
  if (!finding.control.empty()) lines.push_back({Side::plain, "control", finding.control});
  for (EvidenceLine& line : lines) line.text = safe_line(line.text, kLine);
  return lines;
}

std::string evidence_text(const Finding& finding, std::size_t limit) {
  std::string text;
  for (const EvidenceLine& line : evidence_of(finding)) text += fmt::format("{:<9} {}\n", line.label, line.text);
  return safe_text(text, limit);
}

}  // namespace bottle
