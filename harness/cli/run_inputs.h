// From options to what a run needs: found and checked before anything is started. Shared by `run` and `selftest`.
#pragma once

#include <atomic>

#include "harness/cli/commands.h"
#include "harness/runner.h"

namespace bottle {

// Ctrl-C ends the work after the batch in hand; reports are written with what there is. The second one ends at once.
const std::atomic<bool>& watch_signals();

// With the hole that the options name. The library must outlive it.
Result<RunInputs> run_inputs(const Options& options, const Library& library);

// Where the sandbox brings a bundle of its own, that is the one under test. Fault::usage: the user named another.
Result<void> take_own_bundle(const Backend& backend, const Library& library, RunInputs& inputs);

// Fault::unavailable: what is missing, and how to get it.
Result<void> check_available(const Backend& backend);

}  // namespace bottle
