#include "harness/strength.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bottle {
namespace {

constexpr std::array<std::pair<Strength, std::string_view>, 4> kNames{{{Strength::none, "none"},
                                                                       {Strength::agent, "agent"},
                                                                       {Strength::bundle, "bundle"},
                                                                       {Strength::harness, "harness"}}};

using NamedConditions = std::array<std::pair<std::string_view, const Condition*>, 5>;

NamedConditions named(const Conditions& c) {
  return {{{"tried", &c.tried},
           {"could have", &c.could_have},
           {"would be seen", &c.would_show},
           {"was not seen", &c.was_not},
           {"refused", &c.refused}}};
}

}  // namespace

std::string_view name_of(Strength strength) {
  for (const auto& [value, name] : kNames) {
    if (value == strength) return name;
  }
  return "none";
}

std::optional<Strength> strength_named(std::string_view name) {
  for (const auto& [value, known] : kNames) {
    if (known == name) return value;
  }
  return std::nullopt;
}

Strength strength_of(Word word) {
  switch (word) {
    case Word::nobody: return Strength::none;
    case Word::agent: return Strength::agent;
    case Word::bundle: return Strength::bundle;
    case Word::sink:
    case Word::harness: return Strength::harness;
  }
  return Strength::none;
}

Strength strength_of(const Conditions& conditions) {
  Strength weakest = Strength::harness;
  for (const auto& [name, condition] : named(conditions))
    weakest = std::min(weakest, condition->met ? strength_of(condition->word) : Strength::none);
  return weakest;
}

std::string rests_on(const Conditions& conditions) {
  constexpr std::array<std::pair<Strength, std::string_view>, 3> kGroups{{{Strength::harness, "seen by the harness"},
                                                                          {Strength::bundle, "the bundle's word"},
                                                                          {Strength::agent, "the agent side's word"}}};
  std::string text;
  for (const auto& [strength, title] : kGroups) {
    std::string members;
    for (const auto& [name, condition] : named(conditions)) {
      if (!condition->met || strength_of(condition->word) != strength) continue;
      members += (members.empty() ? "" : ", ") + std::string(name);
    }
    if (!members.empty()) text += (text.empty() ? "" : "; ") + std::string(title) + ": " + members;
  }
  return text;
}

}  // namespace bottle
