// The only file that starts processes on the host (platform/launch.h).
// The child gets its own process group, the given environment and nothing above stderr but `inherit`.
// Past the output cap we keep reading and dropping, so that the child never blocks. On timeout the whole group is
// killed; the group is killed again before the child is reaped, so a background grandchild does not outlive it, unless
// the command says that it leaves processes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/exec.h"
#include "harness/fd.h"
#include "harness/result.h"

namespace bottle {

// Runs to the end. A program that could not be started is an Error (Fault::unavailable when it is not found).
Result<ExecResult> run_process(const Command& command, const ExecLimits& limits);

// A long-lived child. `inherit` are descriptors that it keeps, each at the number given: {number in the child, ours}.
// stdin and stdout are pipes held here; stderr goes to `stderr_to` (ours is duplicated), or to /dev/null.
class Process {
 public:
  struct Options {
    std::vector<std::pair<int, int>> inherit = {};
    int stderr_to = -1;
  };
  static Result<Process> start(const Command& command, const Options& options);

  Process(Process&&) noexcept;
  Process& operator=(Process&&) noexcept;
  ~Process();  // kills the group and reaps

  int pid() const;
  Fd& input();                                                  // our end of its stdin
  Fd& output();                                                 // our end of its stdout
  std::optional<Ending> wait(std::chrono::milliseconds limit);  // nothing: still running
  void kill();                                                  // SIGKILL to the group

 private:
  friend Result<ExecResult> run_process(const Command& command, const ExecLimits& limits);
  struct State;
  explicit Process(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// A variable of our own environment; one that is empty counts as not there.
std::string own_variable(const char* name, const std::string& otherwise = {});
// Those whose lines begin with one of these: "HOME=", "DOCKER_".
Environment variables_beginning_with(const std::vector<std::string>& prefixes);

// Where an executable of this name is, looked up in PATH (and /usr/sbin, /sbin); empty when there is none.
std::string find_program(const std::string& name);
std::string find_program(const std::string& name, std::string_view path);  // in these folders and no others

}  // namespace bottle
