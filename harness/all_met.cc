// In a file of its own so that a test can put another in its place: one that looks away (tests/mutants).
#include "harness/judge.h"

namespace bottle {

bool all_met(const Conditions& c) {
  return c.tried.met && c.could_have.met && c.would_show.met && c.was_not.met && c.refused.met;
}

}  // namespace bottle
