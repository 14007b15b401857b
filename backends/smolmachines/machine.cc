#include "backends/smolmachines/machine.h"

#include <fcntl.h>
#include <unistd.h>

#include <optional>
#include <thread>

#include "backends/smolmachines/take_down.h"
#include "harness/digest.h"
#include "harness/file.h"

namespace bottle::smolmachines {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr std::size_t kMostOutput = 11u << 20;  // of one exec: past that 0.8.0 drops in silence, and 1.9.3 fails
constexpr std::size_t kRoomForReport = 64u << 10;
constexpr milliseconds kFirstPause{20}, kLongestPause{500};

// While the guest comes up its agent does not answer yet.
bool is_transient(const Error& error) {
  for (const char* sign : {"agent operation failed: connect", "is not running", "onnection refused", "onnection reset"})
    if (error.what.find(sign) != std::string::npos) return true;
  return false;
}

// What smolvm's own end was, where the hand in the guest has not told of its command's. Nothing: it ended by itself.
std::optional<Error> end_of_exec(const ExecResult& done) {
  const std::string call = "smolvm machine exec: ";
  const auto* exited = std::get_if<Exited>(&done.ending);
  if (std::holds_alternative<TimedOut>(done.ending)) return Error{Fault::timeout, call + "no answer in time", 0};
  if (exited == nullptr) return Error{Fault::failed, call + describe(done.ending), 0};
  if (exited->code != 0 && done.err.find("Error: ") != std::string::npos)
    return Error{Fault::failed, call + reason_in(done.err), 0};
  return std::nullopt;
}

}  // namespace

Result<void> Machine::create() {
  created_ = true;  // also when it fails half-way
  const auto made = smolvm_.run(home_, create_machine(smolvm_.family(), spec_), smolvm_.limits().start);
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
  const auto started = smolvm_.run(home_, start_machine(spec_.name), smolvm_.limits().start);
  return started ? Result<void>() : fail(started.error());
}

Result<void> Machine::await_ready() {
  const auto deadline = std::chrono::steady_clock::now() + smolvm_.limits().ready;
  milliseconds pause = kFirstPause;
  for (;;) {
    const auto done = exec({.argv = {}}, {.timeout = smolvm_.limits().margin}, {}, {});
    if (done && succeeded(*done)) return {};
    if (done) return fail("the guest carries nothing out: " + describe(done->ending));
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
  const auto copied = smolvm_.run(home_, copy_into_machine(spec_.name, request, inside), smolvm_.limits().copy);
  ::unlink(request.c_str());
  if (!copied) return fail(copied.error());
  BOTTLE_TRY(auto done, exec_once(inside, within));
  const bool is_told = done.err.find(end) != std::string::npos;
  if (const auto ended = end_of_exec(done); ended && !is_told) return fail(*ended);
  return docker::read_hand_output(std::move(done), end);
}

Result<ExecResult> Machine::exec_once(const std::string& request, const ExecLimits& limits) const {
  const milliseconds margin = smolvm_.limits().margin, theirs = limits.timeout + margin;
  return smolvm_.run_raw(home_, exec_in_machine(spec_.name, {"/bottle-hand", "exec", request}, theirs),
                         {.timeout = theirs + margin, .output_bytes = kMostOutput});
}

Result<std::vector<std::string>> Machine::remove() {
  if (!created_) return std::vector<std::string>();
  auto gone = take_down(smolvm_, home_, spec_.name);
  created_ = !gone;
  return gone;
}

}  // namespace bottle::smolmachines
