// The words that name a contender on the command line, and what each of them makes.
//
//   native                       the payload and nothing else; always there, as the control
//   BACKEND[:PART,...]           a whole bottle; a part is KEY=VALUE, for the backend, or `walls`: the agent's alone
//   SANDBOX                      a name of share/sandboxes: that sandbox's own command line, on this host
//   FILE.toml                    a whole bottle as that configuration says
//   PROGRAM[:CONTENDER]          another bottle-verify (its path has a /), asked for one sample each time
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/bench/contender.h"
#include "harness/cli/commands.h"

namespace bottle {

using ContenderMaker = std::function<Result<std::unique_ptr<Contender>>()>;

// Checked: what it needs is there. Errors: Fault::usage (no such word), Fault::unavailable.
// The options and the library must outlive it.
Result<ContenderMaker> contender_named(const std::string& word, const Options& options, const Library& library);

// What is measured where nobody is named: the configured backend, whole, and its walls alone where it can.
Result<std::vector<std::string>> default_contenders(const Options& options, const Library& library);

}  // namespace bottle
