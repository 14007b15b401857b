#include "probes/crew.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "probes/actions.h"
#include "probes/attempt.h"
#include "probes/family.h"
#include "probes/report_line.h"

namespace bottle::prober {
namespace {

// How long after the batch's deadline the workers may take to end their own actions (kill a client, close a socket).
constexpr auto kGrace = std::chrono::milliseconds(250);
constexpr std::size_t kStackBytes = std::size_t{512} * 1024;

// What has been written. An attempt is closed and its line is written under one lock, so that the end mark's count is
// the count of the lines before it, and no line comes after it.
class Ledger {
 public:
  void write_mark(const std::string& line) {
    const std::lock_guard lock(mutex_);
    write(line);
  }

  void report(Attempt& attempt, const Trouble& trouble) {
    const std::lock_guard lock(mutex_);
    const auto report = attempt.close(trouble);
    if (!report) return;
    write(report_line(*report));
    ++reported_;
    changed_.notify_one();
  }

  // Until so many are reported, stdout is gone, or it is time.
  void wait_for(std::size_t count, Clock::time_point until) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, until, [&] { return gone_ || reported_ >= count; });
  }

  std::size_t reported() const { return reported_; }  // after the last report()
  bool gone() const { return gone_; }

 private:
  void write(std::string_view line) {
    while (!line.empty() && !gone_) {
      const ssize_t written = ::write(STDOUT_FILENO, line.data(), line.size());
      if (written >= 0)
        line.remove_prefix(static_cast<std::size_t>(written));
      else if (errno == EAGAIN)
        gone_ = wait_out();
      else
        gone_ = errno != EINTR;
    }
    if (gone_) changed_.notify_one();
  }

  // Someone made stdout non-blocking: a reader that does not read for a minute is none.
  static bool wait_out() {
    return static_cast<bool>(
        prober::wait_for(STDOUT_FILENO, POLLOUT, {Clock::now() + std::chrono::minutes(1), "gone"}));
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t reported_ = 0;
  bool gone_ = false;
};

struct Crew {
  explicit Crew(const Batch& batch) : deadline{Clock::now() + batch.deadline, "DEADLINE"} {
    for (const Action& action : batch.actions) attempts.emplace_back(action, deadline, family);
  }

  void work() {
    for (;;) {
      const std::size_t mine = next.fetch_add(1);
      if (mine >= attempts.size()) return;
      const Trouble trouble = try_action(attempts[mine], deadline);
      ledger.report(attempts[mine], trouble);
    }
  }

  Deadline deadline;
  Family family;
  Ledger ledger;
  std::deque<Attempt> attempts;
  std::atomic<std::size_t> next{0};
};

// Not std::thread: its stacks are 8 MiB each, which a bottle with a memory limit may not allow.
bool start_worker(Crew& crew) {
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, kStackBytes);
  ::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  const auto body = [](void* argument) -> void* {
    static_cast<Crew*>(argument)->work();
    return nullptr;
  };
  pthread_t thread;
  const bool started = ::pthread_create(&thread, &attributes, body, &crew) == 0;
  ::pthread_attr_destroy(&attributes);
  return started;
}

}  // namespace

void run_batch(const Batch& batch) {
  Crew crew(batch);
  crew.ledger.write_mark(start_line(batch));
  const std::size_t most = std::min<std::size_t>(static_cast<std::size_t>(batch.workers), batch.actions.size());
  std::size_t workers = 0;
  // No more threads than there is work left for: the first may have done it all by now.
  while (workers < most && crew.next < batch.actions.size() && start_worker(crew)) ++workers;
  if (workers == 0) crew.work();  // the bottle allows no threads: one by one, then, and without a watchdog
  crew.ledger.wait_for(batch.actions.size(), crew.deadline.at + kGrace);
  for (Attempt& attempt : crew.attempts) crew.ledger.report(attempt, {crew.deadline.name, "cut off"});
  crew.family.end_all();
  crew.ledger.write_mark(end_line(batch.id, crew.ledger.reported()));
  ::_exit(crew.ledger.gone() ? 1 : 0);
}

}  // namespace bottle::prober
