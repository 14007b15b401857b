#include "backends/docker/engine.h"

#include <algorithm>
#include <sstream>

#include "harness/safe_text.h"

namespace bottle::docker {
namespace {

// What leads an engine to its daemon and its configuration. No proxy: what goes through one is not what is tried here.
const std::vector<std::string> kPassedOn{"DOCKER_", "CONTAINER",      "PODMAN_",   "NERDCTL_", "BUILDAH_",
                                         "XDG_",    "HOME=",          "PATH=",     "USER=",    "LOGNAME=",
                                         "TMPDIR=", "SSH_AUTH_SOCK=", "REGISTRY_", "STORAGE_"};

Environment passed_on() {
  Environment environment = variables_beginning_with(kPassedOn);
  environment["LC_ALL"] = "C.UTF-8";
  return environment;
}

}  // namespace

void BusyTime::begin() {
  const std::lock_guard lock(mutex_);
  if (running_++ == 0) since_ = std::chrono::steady_clock::now();
}

void BusyTime::end() {
  const std::lock_guard lock(mutex_);
  if (--running_ == 0) total_ += std::chrono::steady_clock::now() - since_;
}

std::chrono::nanoseconds BusyTime::total() const {
  const std::lock_guard lock(mutex_);
  return running_ == 0 ? total_ : total_ + (std::chrono::steady_clock::now() - since_);
}

bool tells_of_absence(const std::string& said) {
  for (const char* words : {"Cannot connect to the Docker daemon", "permission denied while trying to connect",
                            "error during connect", "connection refused", "Cannot connect to Podman"}) {
    if (said.find(words) != said.npos) return true;
  }
  return false;
}

std::string reason_in(const std::string& said) {
  std::string best;
  std::istringstream lines(said);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with("See '") || line.starts_with("Run '") || line.starts_with("WARNING")) continue;
    best = line;
  }
  for (const char* words : {"docker: ", "Error: ", "Error response from daemon: "}) {
    if (best.starts_with(words)) best.erase(0, std::string_view(words).size());
  }
  return safe_line(best, 300);
}

std::string name_of_call(const std::string& program, const Words& arguments) {
  std::string name = program;
  for (const std::string& word : arguments) {
    name += " " + word;
    if (word != "network" && word != "volume" && word != "image") break;
  }
  return name;
}

Engine::Engine(std::string program) : program_(std::move(program)) {}

Command Engine::command(const Words& arguments, const std::string& input) const {
  Command command{.argv = {program_}, .environment = passed_on(), .input = input};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  return command;
}

Result<ExecResult> Engine::run_raw(const Words& arguments, const std::string& input, const ExecLimits& limits) const {
  const Busy busy(*busy_);
  return run_process(command(arguments, input), limits);
}

Result<std::string> Engine::run(const Words& arguments, const std::string& input,
                                std::chrono::milliseconds limit) const {
  if (*hangs_) limit = std::min<std::chrono::milliseconds>(limit, kImpatience);
  BOTTLE_TRY(const auto done, run_raw(arguments, input, {.timeout = limit}));
  const std::string what = name_of_call(program_, arguments);
  if (std::holds_alternative<TimedOut>(done.ending)) {
    *hangs_ = true;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit).count();
    return fail(what + ": no answer in " + std::to_string(seconds) + " s; does `" + program_ + " ps` answer?",
                Fault::timeout);
  }
  if (!succeeded(done)) {
    std::string reason = reason_in(done.err);
    if (reason.empty()) reason = describe(done.ending);
    return fail(what + ": " + reason, tells_of_absence(done.err) ? Fault::unavailable : Fault::failed);
  }
  std::string out = done.out;
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

Result<Process> Engine::attach(const Words& arguments, int stderr_to, int stdout_to) const {
  Process::Options options{.stderr_to = stderr_to};
  if (stdout_to >= 0) options.inherit.emplace_back(1, stdout_to);
  return Process::start(command(arguments, {}), options);
}

}  // namespace bottle::docker
