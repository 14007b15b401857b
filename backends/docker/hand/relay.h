// One stream of bytes, handed on: the command's stdin, stdout or stderr. It is poll()ed at one side at a time, so a
// slow reader slows its own writer down and nobody else.
#pragma once

#include <poll.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "harness/fd.h"

namespace bottle::hand {

class Relay {
 public:
  struct Limits {
    std::uint64_t bytes = std::numeric_limits<std::uint64_t>::max();
    bool drop_rest = false;      // go on reading past `bytes`; otherwise both sides end there
    std::size_t at_once = 4096;  // in one write: PIPE_BUF never blocks when poll() has said that there is room
  };
  Relay(Fd from, Fd to, const Limits& limits);

  pollfd awaited() const;  // its fd is -1 when there is nothing to wait for
  void go_on(short revents);
  bool done() const { return !from_ && buffer_.empty(); }
  bool dropped() const { return dropped_; }

  // For the time after the writer's end, when somebody else may still hold the pipe: what is in it now is the writer's.
  void note_what_is_there();
  void stop_after_what_was_there();

 private:
  void take();
  void give();
  void finish_if_done();

  Fd from_, to_;
  Limits limits_;
  std::uint64_t there_ = 0;
  std::string buffer_;
  bool dropped_ = false;
};

}  // namespace bottle::hand
