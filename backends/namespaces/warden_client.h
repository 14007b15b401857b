// The driver's end of the warden: starts it, asks it, reads its answers. Thread-safe: every request has its own reply.
#pragma once

#include <filesystem>
#include <vector>

#include "backends/namespaces/protocol.h"
#include "harness/process.h"
#include "harness/streams.h"

namespace bottle::warden {

// The answers to one request.
class Reply {
 public:
  Reply() = default;
  explicit Reply(Fd pipe) : pipe_(std::move(pipe)) {}
  int fd() const { return pipe_.get(); }  // readable when there is an answer, or the warden is dead
  // {"failed":..} comes back as an Error; Fault::unavailable when a program was not found.
  Result<Message> next(Deadline deadline);

 private:
  Fd pipe_;
  std::string buffer_;
};

class WardenClient {
 public:
  static Result<WardenClient> start(const std::filesystem::path& program, bool alone = false);
  // Leaves word of it in the run's directory, so that cleanup finds it should we be killed.
  Result<void> mark(const std::filesystem::path& run_directory) const;

  Result<Reply> ask(const Message& body, const std::vector<int>& fds = {}) const;
  // The error, with what the warden said before it died, if it did.
  Error explain(Error error) const;
  // Lets go of it and waits until it has ended, which takes everything in the bottle with it.
  Result<void> end(std::chrono::milliseconds limit);

 private:
  WardenClient(Process process, Fd control, Fd log)
      : process_(std::move(process)), control_(std::move(control)), log_(std::move(log)) {}

  Process process_;
  Fd control_;
  Fd log_;  // in memory: what it says while it dies
};

}  // namespace bottle::warden
