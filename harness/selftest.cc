#include "harness/selftest.h"

#include <algorithm>
#include <set>

#include "harness/agent_wrongs.h"

namespace bottle {
namespace {

bool any_takes(const std::vector<std::string>& patterns, const Variant& variant) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return matches_pattern(pattern, variant); });
}

using Patterns = std::vector<std::string>;

// What a hole opens outranks what it needs: so a pattern of doubt may be a wide one.
Promise promise_of(const Hole& hole, const Patterns& gaps, const Variant& variant) {
  if (any_takes(hole.opens, variant)) return Promise::leaked;
  if (any_takes(hole.needs, variant)) return Promise::unproven;
  return any_takes(gaps, variant) ? Promise::known_gap : Promise::contained;
}

Grade grade_of(Promise promise, Verdict verdict) {
  switch (verdict) {
    case Verdict::contained:
      return promise == Promise::contained || promise == Promise::believed ? Grade::kept : Grade::false_pass;
    case Verdict::leaked:
      return promise == Promise::leaked || promise == Promise::known_gap ? Grade::kept : Grade::false_alarm;
    case Verdict::inconclusive:
    case Verdict::error:
      return promise == Promise::unproven || promise == Promise::believed ? Grade::kept : Grade::unexplained;
    case Verdict::not_applicable: return promise == Promise::contained ? Grade::kept : Grade::missed;
  }
  return Grade::missed;
}

// An impostor stands in the prober's place, or the agent side disturbs otherwise.
bool may_lie(const Hole& hole) {
  const auto wrongs = AgentWrongs::parse(hole.agent);
  return hole.kind == Hole::Kind::hostile || (wrongs && !wrongs->impostor.empty());
}

bool rests_on_agent(const Finding& finding) {
  return finding.strength != Strength::bundle && finding.strength != Strength::harness;
}

// A liar's word is worth nothing: what rests on it is not contained, whatever the hole promises.
Grade grade_of(const Hole& hole, Promise promise, const Finding& finding) {
  const bool on_a_liars_word = hole.kind == Hole::Kind::hostile && finding.verdict == Verdict::contained &&
                               promise != Promise::believed && rests_on_agent(finding);
  return on_a_liars_word ? Grade::false_pass : grade_of(promise, finding.verdict);
}

// A gap that leaks although nothing needed to be provable there is no alarm. A liar who is believed may say what he
// likes, and that he could not try: only what is seen or tried without him is graded.
SelftestCell cell_of(const Hole& hole, const BackendLimits& limits, const Variant& variant, const Finding& finding) {
  Promise promise = promise_of(hole, limits.gaps, variant);
  if (promise == Promise::unproven && finding.verdict == Verdict::leaked && any_takes(limits.gaps, variant))
    promise = Promise::known_gap;
  const bool of_the_walls = promise == Promise::contained || promise == Promise::known_gap;
  if (of_the_walls && limits.believes_agents && may_lie(hole) && rests_on_agent(finding) &&
      finding.verdict != Verdict::leaked && finding.verdict != Verdict::not_applicable)
    promise = Promise::believed;
  return {.case_id = finding.case_id,
          .variant = finding.variant,
          .promise = promise,
          .verdict = finding.verdict,
          .grade = grade_of(hole, promise, finding),
          .reason = finding.reason};
}

}  // namespace

std::string_view name_of(Promise promise) {
  switch (promise) {
    case Promise::contained: return "contained";
    case Promise::leaked: return "leaked";
    case Promise::unproven: return "unproven";
    case Promise::known_gap: return "known gap";
    case Promise::believed: return "believed";
  }
  return "?";
}

std::string_view name_of(Grade grade) {
  switch (grade) {
    case Grade::kept: return "kept";
    case Grade::false_pass: return "false pass";
    case Grade::false_alarm: return "false alarm";
    case Grade::unexplained: return "unexplained";
    case Grade::missed: return "missed";
  }
  return "?";
}

bool SelftestBottle::caught() const {
  const Promise promised = kind == "open" ? Promise::leaked : Promise::unproven;
  bool any = false;
  for (const SelftestCell& cell : cells) {
    if (cell.promise == Promise::believed || (cell.promise != promised && kind != "hostile")) continue;
    any = true;
    if (cell.grade != Grade::kept) return false;
  }
  return any && ran();
}

bool SelftestBottle::only_unexplained() const {
  const auto count = [&](Grade grade) {
    return std::count_if(cells.begin(), cells.end(), [&](const SelftestCell& cell) { return cell.grade == grade; });
  };
  const auto unexplained = count(Grade::unexplained);
  return ran() && unexplained > 0 && unexplained + count(Grade::kept) == std::ssize(cells);
}

SelftestFigures figures_of(const SelftestRecord& record) {
  SelftestFigures figures;
  for (const SelftestBottle& bottle : record.bottles) {
    if (!bottle.unsupported.empty()) {
      ++figures.unsupported;
      continue;
    }
    figures.open += bottle.kind == "open";
    figures.dead += bottle.kind == "dead";
    figures.hostile += bottle.kind == "hostile";
    figures.not_run += !bottle.problem.empty();
    figures.asked_again += !bottle.asked_again.empty();
    figures.caught += bottle.kind != "sound" && bottle.caught();
    for (const SelftestCell& cell : bottle.cells) {
      figures.known_gaps += bottle.kind == "sound" && cell.promise == Promise::known_gap;
      figures.believed += cell.promise == Promise::believed;
      figures.false_passes += cell.grade == Grade::false_pass;
      figures.false_alarms += cell.grade == Grade::false_alarm;
      figures.unexplained += cell.grade == Grade::unexplained || cell.grade == Grade::missed;
    }
  }
  return figures;
}

void excuse_what_is_nowhere(SelftestRecord& record) {
  std::set<std::pair<std::string, std::string>> nowhere;
  for (const SelftestBottle& bottle : record.bottles) {
    if (bottle.kind != "sound") continue;
    for (const SelftestCell& cell : bottle.cells) {
      if (cell.verdict == Verdict::not_applicable) nowhere.emplace(cell.case_id, cell.variant);
    }
  }
  for (SelftestBottle& bottle : record.bottles) {
    for (SelftestCell& cell : bottle.cells) {
      if (cell.grade != Grade::missed || cell.verdict != Verdict::not_applicable) continue;
      if (!nowhere.contains({cell.case_id, cell.variant})) continue;
      cell.promise = Promise::contained;
      cell.grade = Grade::kept;
    }
  }
}

Result<void> check_promises(const Hole& hole, const std::vector<Variant>& variants) {
  for (const auto& [key, patterns] : {std::pair("opens", &hole.opens), std::pair("needs", &hole.needs)}) {
    for (const std::string& pattern : *patterns) {
      if (std::any_of(variants.begin(), variants.end(), [&](const auto& v) { return matches_pattern(pattern, v); }))
        continue;
      return fail("the hole " + hole.name + " " + key + " \"" + pattern + "\", which no variant matches", Fault::usage);
    }
  }
  return {};
}

std::vector<SelftestCell> grade(const Hole& hole, const std::vector<Variant>& variants,
                                const std::vector<Finding>& findings, const BackendLimits& limits) {
  std::vector<SelftestCell> cells;
  std::map<std::pair<std::string, std::string>, const Finding*> by_variant;
  for (const Finding& finding : findings) by_variant[{finding.case_id, finding.variant}] = &finding;
  for (const Variant& variant : variants) {
    const auto found = by_variant.find({variant.of->info.id, variant.name});
    if (found == by_variant.end()) {
      cells.push_back({.case_id = variant.of->info.id,
                       .variant = variant.name,
                       .promise = promise_of(hole, limits.gaps, variant),
                       .grade = Grade::missed,
                       .reason = "there is no finding"});
      continue;
    }
    cells.push_back(cell_of(hole, limits, variant, *found->second));
    by_variant.erase(found);
  }
  for (const auto& [name, finding] : by_variant) {
    Case stray;
    stray.info.id = finding->case_id;
    cells.push_back(cell_of(hole, limits, Variant{.of = &stray, .name = finding->variant}, *finding));
  }
  return cells;
}

}  // namespace bottle
