#include "backends/smolmachines/machine.h"

#include <fcntl.h>
#include <unistd.h>

#include <thread>

#include "backends/smolmachines/take_down.h"
#include "harness/digest.h"
#include "harness/file.h"

namespace bottle::smolmachines {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds kStartLimit{60'000};  // its own is 30 s
constexpr milliseconds kReadyLimit{30'000};
constexpr milliseconds kCopyLimit{60'000};
constexpr milliseconds kMargin{10'000};         // around smolvm's own limit
constexpr std::size_t kMostOutput = 11u << 20;  // of one exec: past that 0.8.0 drops in silence, and 1.9.3 fails
constexpr std::size_t kRoomForReport = 64u << 10;
constexpr milliseconds kFirstPause{20}, kLongestPause{500};

// While the guest comes up its agent does not answer yet.
bool is_transient(const Error& error) {
  for (const char* sign : {"agent operation failed: connect", "is not running", "onnection refused", "onnection reset"})
    if (error.what.find(sign) != std::string::npos) return true;
  return false;
}

// What this host lacks, and no run of the same can bring.
bool is_of_the_host(const Error& error) {
  return error.what.find("kvm") != std::string::npos || error.what.find("libkrun") != std::string::npos;
}

}  // namespace

Result<void> Machine::create() {
  created_ = true;  // also when it fails half-way
  const auto made = smolvm_.run(home_, create_machine(smolvm_.family(), spec_), kStartLimit);
  return made ? Result<void>() : fail(made.error());
}

Result<void> Machine::secure(bool patch) {
  Cidrs expected = spec_.allowed;
  if (spec_.localhost_only) expected.insert(expected.end(), {"127.0.0.0/8", "::1/128"});
  const StateDatabase database(home_.state_database());
  if (smolvm_.family().from_drops_policy && patch) {
    if (auto set = database.set_policy(spec_.name, expected); !set) return set;
  }
  auto checked = database.check_policy(spec_.name, expected);
  if (!checked) return fail(checked.error().what + "; the machine was not started", checked.error().fault);
  return {};
}

Result<void> Machine::start() {
  const auto started = smolvm_.run(home_, start_machine(spec_.name), kStartLimit);
  if (started) return {};
  return fail(started.error().what, is_of_the_host(started.error()) ? Fault::unavailable : started.error().fault);
}

Result<void> Machine::await_ready() {
  const auto deadline = std::chrono::steady_clock::now() + kReadyLimit;
  milliseconds pause = kFirstPause;
  for (;;) {
    const auto done = exec({.argv = {}}, {.timeout = kMargin}, {}, {});
    if (done) return {};
    if (!is_transient(done.error()) || std::chrono::steady_clock::now() > deadline) return fail(done.error());
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
}

// stdin does not come through (without a terminal it is /dev/null), so the errand travels as a file of its own.
Result<ExecResult> Machine::exec(const Command& command, const ExecLimits& limits, const std::vector<AgentFile>& files,
                                 const docker::HandOptions& options) {
  ExecLimits within = limits;
  within.output_bytes = std::min(limits.output_bytes, kMostOutput - kRoomForReport);
  const std::string end = random_text(32, "abcdefghijklmnopqrstuvwxyz234567");
  const std::string name = "bottle-request-" + std::to_string(++requests_);
  const fs::path request = scratch_ / name;
  if (auto written = write_whole(request, docker::hand_input(command, within, files, options, end)); !written)
    return fail(written.error());
  const std::string inside = "/" + name;
  const auto copied = smolvm_.run(home_, copy_into_machine(spec_.name, request, inside), kCopyLimit);
  ::unlink(request.c_str());
  if (!copied) return fail(copied.error());
  BOTTLE_TRY(auto done, exec_once(inside, within));
  const auto* exited = std::get_if<Exited>(&done.ending);
  const bool said_nothing = exited != nullptr && exited->code != 0 && done.err.find(end) == std::string::npos;
  if (said_nothing && done.err.find("Error: ") != std::string::npos)
    return fail("smolvm machine exec: " + reason_in(done.err));
  return docker::read_hand_output(std::move(done), end);
}

Result<ExecResult> Machine::exec_once(const std::string& request, const ExecLimits& limits) const {
  const milliseconds theirs = limits.timeout + kMargin;
  return smolvm_.run_raw(home_, exec_in_machine(spec_.name, {"/bottle-hand", "exec", request}, theirs),
                         {.timeout = theirs + kMargin, .output_bytes = kMostOutput});
}

Result<std::vector<std::string>> Machine::remove() {
  if (!created_) return std::vector<std::string>();
  auto gone = take_down(smolvm_, home_, spec_.name);
  created_ = !gone;
  return gone;
}

}  // namespace bottle::smolmachines
