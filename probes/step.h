// One step of a client: runs a program under a keeper until it ends or the deadline is over, and drains what it prints.
#pragma once

#include <string>
#include <vector>

#include "probes/family.h"
#include "probes/report_line.h"
#include "probes/wait.h"

namespace bottle::prober {

struct StepWish {
  std::string program = {};  // a path
  std::vector<std::string> argv = {}, environment = {};
  std::string directory = {};
  std::string input = {};
};

struct StepEnd {
  bool started = false;  // the program was really executed
  pid_t keeper = -1;     // to be ended when the client is: a later step may need what this one left running
  Step step = {};
};

// Trouble: it could not be started, or the deadline's name. That it failed is no trouble: the step's `exit` says so.
Trouble run_step(const StepWish& wish, Deadline deadline, Family& family, StepEnd& end);

}  // namespace bottle::prober
