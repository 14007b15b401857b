// All processes that the prober has started, and their end: each step's keeper with everything below it.
#pragma once

#include <sys/types.h>

#include <memory>
#include <mutex>
#include <vector>

#include "probes/wait.h"

namespace bottle::prober {

class Family {
 public:
  void add(pid_t keeper);
  void set_step(pid_t keeper, pid_t step);
  void end(pid_t keeper);  // kills the step, what it started, the keeper; reaps the keeper
  void end_all();          // the same for all, before the prober ends

  // As the system tells of it.
  struct Process {
    pid_t id = 0, parent = 0;
    char state = 0;
  };

 private:
  struct Member {
    pid_t keeper = -1, step = -1;
  };
  void kill_below(const Member& member);
  // Every process below `ancestor` that is not dead; none where they cannot be seen.
  std::vector<pid_t> living_below(pid_t ancestor);
  // Looking through them takes milliseconds, and at a deadline many clients end at once: who asks while someone else
  // looks shares the next look, which begins after it has asked.
  std::shared_ptr<const std::vector<Process>> processes();

  std::mutex mutex_;
  std::vector<Member> members_ = {};
  std::mutex scan_mutex_;
  Clock::time_point scan_began_ = {};
  std::shared_ptr<const std::vector<Process>> scan_ = {};
};

}  // namespace bottle::prober
