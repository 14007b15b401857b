// All processes that the prober has started, and their end: each step's keeper with everything below it.
#pragma once

#include <sys/types.h>

#include <mutex>
#include <vector>

namespace bottle::prober {

class Family {
 public:
  void add(pid_t keeper);
  void set_step(pid_t keeper, pid_t step);
  void end(pid_t keeper);  // kills the step, what it started, the keeper; reaps the keeper
  void end_all();          // the same for all, before the prober ends

 private:
  struct Member {
    pid_t keeper = -1, step = -1;
  };
  static void kill_below(const Member& member);

  std::mutex mutex_;
  std::vector<Member> members_ = {};
};

}  // namespace bottle::prober
