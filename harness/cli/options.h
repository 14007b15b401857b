// The command line (CLI11) and what it means once it is laid over the configuration file.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "harness/config.h"
#include "harness/result.h"

namespace bottle {

struct Options {
  std::string verb = "run";  // run (also for attach), selftest, list, explain, doctor, report, cleanup
  Config config = {};
  bool dry_run = false;
  bool verbose = false;  // run: every finding, not only what is not contained
  bool quiet = false;
  int jobs = 0;                             // selftest: bottles at once; 0: as the machine has it
  std::string colour = "auto";              // auto, always, never
  std::vector<std::string> arguments = {};  // list: what; explain: the case; report: the record; selftest: the holes
};

// What main is to do: go on with options, or print a text and leave with a code (help, version, a usage error).
struct Leave {
  int code = 0;
  std::string out = {};
  std::string err = {};
};

std::variant<Options, Leave> read_options(int argc, const char* const* argv, const std::string& version);

}  // namespace bottle
