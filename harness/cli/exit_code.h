// The documented exit codes; nothing else leaves main.
#pragma once

#include "harness/result.h"

namespace bottle {

enum class ExitCode : int {
  held = 0,
  leaked = 1,
  usage = 2,
  not_proven = 3,
  nothing_selected = 4,
  unavailable = 5,
  bug = 70,
  interrupted = 130
};

inline int to_int(ExitCode code) { return static_cast<int>(code); }

inline ExitCode exit_code_of(const Error& error) {
  switch (error.fault) {
    case Fault::usage: return ExitCode::usage;
    case Fault::unavailable: return ExitCode::unavailable;
    case Fault::nothing: return ExitCode::nothing_selected;
    case Fault::failed:
    case Fault::unsupported:
    case Fault::timeout: return ExitCode::not_proven;
  }
  return ExitCode::bug;
}

}  // namespace bottle
