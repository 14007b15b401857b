// Streams: feeds a program's stdin and drains its stdout and stderr, all at once, so that neither side ever blocks the
// other. Shared by run_process() and by backends whose programs are not children of ours.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/exec.h"
#include "harness/fd.h"
#include "harness/result.h"

namespace bottle {

using Deadline = std::chrono::steady_clock::time_point;

// Whole milliseconds until then, rounded up and never negative: poll()'s argument.
int milliseconds_until(Deadline deadline);

// The next line, without its end, and not a byte more: what follows it is for somebody else.
struct Line {
  enum class Ending { whole, end_of_stream, too_late, too_long } ending = Ending::whole;
  std::string text = {};
};
Line read_line(const Fd& from, Deadline deadline, std::size_t most);

// Both ends close-on-exec.
struct Pipe {
  Fd read = {}, write = {};
  static Result<Pipe> make();
};

class Streams {
 public:
  // Our ends of the three pipes; `input` must outlive this. Of each output `cap` bytes are kept, the rest is dropped.
  Streams(Fd to_stdin, Fd from_stdout, Fd from_stderr, std::string_view input, std::size_t cap);

  // Until `ended` is readable (a pidfd, a status pipe): true. false: the deadline came first.
  bool run_until(int ended, Deadline deadline);
  // What is still in the pipes. A background process may hold them open, so for no longer than `grace`.
  void drain(std::chrono::milliseconds grace);
  void move_into(ExecResult& result);

 private:
  struct Sink {
    Fd fd = {};
    std::string bytes = {};
  };
  bool pump(int ended, Deadline deadline);
  void feed();
  void read_some(Sink& sink);

  Fd input_fd_;
  std::string_view input_;
  Sink out_, err_;
  std::size_t cap_;
  bool truncated_ = false;
  std::optional<std::int64_t> first_output_ns_;
};

}  // namespace bottle
