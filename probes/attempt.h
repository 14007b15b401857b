// One action being tried. Its report grows under a lock, so that at the batch's deadline the watchdog can take it as it
// stands; it is closed exactly once, by the worker that ends it or by the watchdog.
#pragma once

#include <mutex>
#include <optional>
#include <string_view>

#include "probes/batch.h"
#include "probes/report_line.h"
#include "probes/wait.h"

namespace bottle::prober {

class Family;

class Attempt {
 public:
  Attempt(const Action& action, Deadline batch_deadline, Family& family);

  const Action& action() const { return action_; }
  Deadline deadline() const { return deadline_; }  // the action's own, or the batch's if that is sooner
  Family& family() { return family_; }             // where a client's processes are kept

  void begin(Deadline deadline);  // the clock starts
  void reached(std::string_view stage);
  void sent(std::string_view what, std::string_view bytes);  // a segment that went out whole
  void replied(std::string_view from, std::string read, bool hashed = false);
  bool has_reply();
  void start_over();  // nothing was sent yet
  void step_ended(Step step);
  void is_client();  // the line has steps, though there may be none

  // What is to be written about it; nothing when it was closed before.
  std::optional<Report> close(const Trouble& trouble);

 private:
  const Action& action_;
  Family& family_;
  Deadline deadline_;

  std::mutex mutex_;
  bool closed_ = false;
  Report report_ = {};
};

}  // namespace bottle::prober
