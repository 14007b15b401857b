#include "probes/family.h"

#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <memory>

#include "probes/system.h"

namespace bottle::prober {
namespace {

constexpr int kRounds = 100;  // a millisecond each: a client may fork faster than we look

}  // namespace

std::shared_ptr<const std::vector<Family::Process>> Family::processes() {
  const auto asked = Clock::now();
  const std::lock_guard lock(scan_mutex_);
  if (scan_ && scan_began_ >= asked) return scan_;
  scan_began_ = Clock::now();
  scan_ = std::make_shared<const std::vector<Process>>(all_processes());
  return scan_;
}

std::vector<pid_t> Family::living_below(pid_t ancestor) {
  const auto all = processes();
  std::vector<pid_t> family = {ancestor}, living;
  for (std::size_t next = 0; next < family.size(); ++next) {
    for (const Process& process : *all) {
      if (process.parent != family[next] || std::find(family.begin(), family.end(), process.id) != family.end())
        continue;
      family.push_back(process.id);
      if (process.state != 'Z' && process.state != 'X') living.push_back(process.id);
    }
  }
  return living;
}

void Family::add(pid_t keeper) {
  const std::lock_guard lock(mutex_);
  members_.push_back({keeper, -1});
}

void Family::set_step(pid_t keeper, pid_t step) {
  const std::lock_guard lock(mutex_);
  for (Member& member : members_) {
    if (member.keeper == keeper) member.step = step;
  }
}

void Family::kill_below(const Member& member) {
  for (int round = 0; round < kRounds; ++round) {
    if (member.step > 0) ::kill(-member.step, SIGKILL);
    const std::vector<pid_t> living = living_below(member.keeper);
    if (living.empty()) return;
    for (const pid_t process : living) ::kill(process, SIGKILL);
    ::poll(nullptr, 0, 1);
  }
}

void Family::end(pid_t keeper) {
  Member member;
  {
    const std::lock_guard lock(mutex_);
    for (const Member& one : members_) {
      if (one.keeper == keeper) member = one;
    }
  }
  if (member.keeper <= 0) return;
  kill_below(member);
  const std::lock_guard lock(mutex_);  // end_all() must not signal a number that has been reaped
  ::kill(keeper, SIGKILL);
  for (int round = 0; round < kRounds && ::waitpid(keeper, nullptr, WNOHANG) == 0; ++round) ::poll(nullptr, 0, 1);
  std::erase_if(members_, [&](const Member& one) { return one.keeper == keeper; });
}

void Family::end_all() {
  const std::lock_guard lock(mutex_);
  for (const Member& member : members_) {
    kill_below(member);
    ::kill(member.keeper, SIGKILL);
  }
  // What a keeper had not reaped is ours now: left to the first process of all, it would stay where that does not reap.
  for (int round = 0; round < kRounds; ++round) {
    pid_t reaped = 0;
    while ((reaped = ::waitpid(-1, nullptr, WNOHANG)) > 0) {
    }
    if (reaped < 0) return;
    ::poll(nullptr, 0, 1);
  }
}

}  // namespace bottle::prober
