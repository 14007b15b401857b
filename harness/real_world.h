// A bottle that was there before us stands in the real world. From there something is sent only to addresses and names
// that are kept for documents, to what is ours, to the proxy and the host that the user named; to nobody else. And what
// would arrive where nothing of ours stands proves nothing.
#pragma once

#include <set>
#include <string>

#include "harness/attempt.h"
#include "harness/plan.h"

namespace bottle {

// In the allowed host's place where the user named none: an attempt in which it stands is not made.
inline constexpr char kNoAllowedHost[] = "no-host-was-allowed.invalid";

struct Bounds {
  std::string allowed_host = {};
  std::set<std::string> addresses = {};  // besides those of documents and of any loopback
};

void enter_real_world(const RealWorld& world, PlanInputs& plan);
Bounds bounds_of(const PlanInputs& plan);

// Why an attempt is not made; empty: it is within these bounds.
std::string why_not_sent(const Attempt& attempt, const Bounds& bounds);

// Whether this variant carries the bottle's own secret, where the user named one: in a header, to the allowed host, in
// a TLS that shows who that is. Then it is built with the blank in place of a secret that was made up.
bool carries_own_secret(const Choice& choice, const RealWorld& world);
std::vector<Secret> with_blank(std::vector<Secret> secrets);
void set_own_secret(const RealWorld& world, Attempt& attempt);

// As if the user had named all that a bundle can have, and the world had all that there can be.
void name_everything(Brief& brief);

// Marks what Bottle::unheard() says of these attempts; they can leak then, and no more.
void note_unheard(AttemptPlan& plan, const Bottle& bottle);

}  // namespace bottle
