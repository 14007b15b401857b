// The command line (CLI11) and what it means once it is laid over the configuration file.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "harness/bench/session.h"
#include "harness/config.h"
#include "harness/result.h"

namespace bottle {

// Of `bench` alone.
struct BenchOptions {
  int rounds = 30, warm_ups = 2;
  int most_seconds = 300;
  std::uint64_t seed = 0;  // 0: a new one
  BenchMode mode = BenchMode::sequential;
  int at_once = 0;  // 0: as the mode has it
  int gap_ms = 20;  // staggered
  std::string history = {};
  bool check = false;
  bool quick = false;
  double threshold = 5;  // compare: percent
};

struct Options {
  // run (also for attach), selftest, bench, bench-compare, bench-history, list, explain, doctor, report, cleanup
  std::string verb = "run";
  Config config = {};
  bool dry_run = false;
  bool verbose = false;  // run: every finding, not only what is not contained
  bool quiet = false;
  int jobs = 0;                 // selftest: bottles at once; 0: as the machine has it
  std::string colour = "auto";  // auto, always, never
  BenchOptions bench = {};
  std::vector<std::string> arguments = {};  // list: what; explain: the case; report: the record; selftest: the holes;
                                            // bench: the contenders
};

// What main is to do: go on with options, or print a text and leave with a code (help, version, a usage error).
struct Leave {
  int code = 0;
  std::string out = {};
  std::string err = {};
};

std::variant<Options, Leave> read_options(int argc, const char* const* argv, const std::string& version);

}  // namespace bottle
