// From options to what a session of cold starts needs: found and checked before anything is measured.
#pragma once

#include <string>
#include <vector>

#include "harness/bench/runner.h"
#include "harness/cli/commands.h"

namespace bottle {

// These contenders, and native before them. Errors: those of contender_named(); Fault::usage: one is named twice.
// The library must outlive it.
Result<BenchInputs> bench_inputs(const Options& options, const Library& library, std::vector<std::string> words);

}  // namespace bottle
