#include "backends/smolmachines/smolvm.h"

#include <fmt/format.h>

#include "harness/process.h"
#include "harness/safe_text.h"

namespace bottle::smolmachines {
namespace {

constexpr std::size_t kLongestReason = 400;

std::string in_seconds(std::chrono::milliseconds time) {
  return fmt::format("{:.3g} s", std::chrono::duration<double>(time).count());
}

// What this host lacks, and no run of the same can bring.
bool is_of_the_host(const std::string& reason) {
  for (const char* sign : {"kvm not available", "kvm permission denied", "libkrun"})
    if (reason.find(sign) != std::string::npos) return true;
  return false;
}

}  // namespace

std::string name_of_call(const Words& words) {
  std::string name = "smolvm";
  for (std::size_t i = 0; i < words.size() && i < 2; ++i) name += " " + words[i];
  return name;
}

std::string reason_in(const std::string& said) {
  constexpr std::string_view kError = "Error: ";
  std::string text = said;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const auto at = text.starts_with(kError) ? 0 : text.find(std::string("\n") + std::string(kError));
  if (at != text.npos)
    text = text.substr(text.find(kError, at) + kError.size());
  else
    text = text.substr(text.find_last_of('\n') + 1);
  return safe_line(text, kLongestReason);
}

Result<Smolvm> Smolvm::find(const std::string& program, const Limits& limits) {
  const std::string path = find_program(program);
  if (path.empty()) return fail("smolvm is not on PATH; " + std::string(kHowToGet), Fault::unavailable);
  Smolvm smolvm(path, {}, limits);
  const auto said = smolvm.run(Home{"/nonexistent"}, {"--version"}, limits.version);
  if (!said) return fail(path + ": " + said.error().what, Fault::unavailable);
  BOTTLE_TRY(smolvm.version_, parse_version(*said));
  return smolvm;
}

// `machine start` leaves a process behind, which is the machine.
Result<ExecResult> Smolvm::run_raw(const Home& home, const Words& words, const ExecLimits& limits) const {
  const docker::Busy busy(*busy_);
  Command command{.argv = {program_.string()}, .environment = home.environment(), .leaves_processes = true};
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  return run_process(command, limits);
}

Result<std::string> Smolvm::run(const Home& home, const Words& words, std::chrono::milliseconds limit) const {
  if (*hangs_) limit = std::min(limit, limits_.impatience);
  BOTTLE_TRY(const auto done, run_raw(home, words, {.timeout = limit}));
  if (succeeded(done)) return done.out;
  if (std::holds_alternative<TimedOut>(done.ending)) {
    *hangs_ = true;
    return fail(name_of_call(words) + ": no answer in " + in_seconds(limit), Fault::timeout);
  }
  // What was killed has no reason to tell: its last line was about something else.
  const std::string reason = std::holds_alternative<Exited>(done.ending) ? reason_in(done.err) : "";
  return fail(name_of_call(words) + ": " + (reason.empty() ? describe(done.ending) : reason),
              is_of_the_host(reason) ? Fault::unavailable : Fault::failed);
}

}  // namespace bottle::smolmachines
