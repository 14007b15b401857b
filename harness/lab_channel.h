// The channel to one lab's process, over its stdin and stdout: one question at a time, and every answer is doubted.
// The wire protocol is in fixtures/internet/README.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "harness/arrival.h"
#include "harness/fd.h"
#include "harness/result.h"

namespace bottle {

// What makes a lab's times ours. On one machine nothing does: its clock is ours (CLOCK_MONOTONIC). That of a virtual
// machine is another one, and known only as well as its answer was quick.
struct LabClock {
  std::int64_t ahead_ns = 0;  // how far ours is ahead of theirs
  std::int64_t tolerance_ns = 0;

  // It said `theirs_ns` some time between our two.
  static LabClock between(std::int64_t asked_ns, std::int64_t theirs_ns, std::int64_t answered_ns);
};

// Whether these times can be: none before `from_ns`, none after `to_ns`, none before the one in front of it. A log that
// disagrees with our clock was not written as things came.
Result<void> check_times(const std::vector<Arrival>& arrivals, std::int64_t from_ns, std::int64_t to_ns);

struct LabGreeting {
  std::string ca_pem = {};
  bool ipv6 = false;
};

struct LabRest {
  bool settled = false;
  bool undisturbed = false;  // nothing came since the question, either
};

// A question and its answer are two calls, so that several labs can be asked before the first of them is heard. A
// question that was not answered to the end spoils the channel: what comes later would be taken for another answer.
class LabChannel {
 public:
  LabChannel(Fd input, Fd output);  // of ours: to its stdin, from its stdout

  Result<LabGreeting> open(const std::string& open_line, std::chrono::milliseconds limit);
  Result<void> ask_settle(std::chrono::milliseconds quiet, std::chrono::milliseconds limit);
  Result<LabRest> hear_settle();
  Result<void> ask_arrivals();
  // Those that were not heard before. Fault::failed when the lab is dead, the numbers have a gap, the times cannot be,
  // or more came than it could hear.
  Result<std::vector<Arrival>> hear_arrivals();

 private:
  using Deadline = std::chrono::steady_clock::time_point;
  Result<void> ask(std::string_view line, Deadline deadline);
  Result<nlohmann::json> hear();
  Result<std::string> read_line();

  Fd input_, output_;
  Deadline deadline_ = {};  // of the answer that is due
  bool answer_is_due_ = false;
  std::string buffer_;
  std::uint64_t heard_ = 0;  // arrivals
  LabClock clock_;
  std::int64_t latest_ns_ = 0;  // no arrival can be earlier than this
};

}  // namespace bottle
