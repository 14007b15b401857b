// Another bottle-verify as a contender: two versions in one interleaved session. Each sample is one run of that
// program's own `bench`, which says in its JSON what it measured.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "harness/bench/contender.h"

namespace bottle {

// "PROGRAM" (its default backend, whole) or "PROGRAM:CONTENDER". Fault::usage: it is no program.
Result<std::function<Result<std::unique_ptr<Contender>>()>> other_program_maker(const std::string& word);

}  // namespace bottle
