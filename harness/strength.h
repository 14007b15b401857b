// The strength of a finding: on whose word it rests. A chain is as strong as its weakest link, so it is the weakest of
// the words behind its five conditions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/verdict.h"

namespace bottle {

// none: nothing is proven. agent: some condition rests on what the agent side says, which can lie. bundle: the rest is
// the bundle's own log. harness: all of it was seen by the harness itself: at its sinks, or by what it tried itself.
enum class Strength { none, agent, bundle, harness };

std::string_view name_of(Strength strength);
std::optional<Strength> strength_named(std::string_view name);

Strength strength_of(Word word);
Strength strength_of(const Conditions& conditions);  // of met ones; none when one is not met

// "seen by the harness: could have, would be seen, was not seen; the bundle's word: tried, refused"
std::string rests_on(const Conditions& conditions);

}  // namespace bottle
