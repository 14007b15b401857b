#include "backends/attach/attached_bottle.h"

#include "backends/docker/hand_protocol.h"
#include "harness/digest.h"
#include "harness/host_canaries.h"
#include "harness/process.h"

namespace bottle::attach {
namespace {

constexpr std::chrono::milliseconds kFileLimit{20'000};
constexpr std::chrono::milliseconds kLabEnd{5'000};

}  // namespace

AttachedBottle::AttachedBottle(WayIn way, HostSide host, std::unique_ptr<Presence> presence, Environment environment)
    : way_(std::move(way)),
      host_(std::move(host)),
      presence_(std::move(presence)),
      environment_(std::move(environment)) {
  environment_["TMPDIR"] = presence_->directory();
}

AttachedBottle::~AttachedBottle() { static_cast<void>(stop()); }

// What is the agent's lies in our own directory there, whatever it is called elsewhere.
std::string AttachedBottle::here(const std::string& path) const {
  for (const char* folder : {kAgentDirectory, "."}) {
    const std::string start = std::string(folder) + "/";
    if (path.starts_with(start)) return presence_->directory() + "/" + path.substr(start.size());
  }
  return path;
}

Result<ExecResult> AttachedBottle::exec(Place place, const Command& command, const ExecLimits& limits) {
  if (place == Place::host) return run_process(command, limits);
  if (place != Place::agent)
    return fail("a bottle that runs already has no place of ours beside it", Fault::unsupported);
  Command whole = command;
  whole.environment.insert(environment_.begin(), environment_.end());
  whole.directory = presence_->directory();
  if (!whole.argv.empty()) whole.argv.front() = here(whole.argv.front());
  return exec_in(whole, limits, {});
}

Result<ExecResult> AttachedBottle::exec_in(const Command& command, const ExecLimits& limits,
                                           const std::vector<AgentFile>& files) {
  if (hung_) return fail("the command that leads into the bottle has hung before", Fault::timeout);
  const std::string end = random_text(32, "abcdefghijklmnopqrstuvwxyz234567");
  const docker::HandOptions options{.base = true, .without = {}, .mark_output = true, .make_folders = false};
  const Command hand = way_.command({presence_->directory() + "/bottle-hand", "exec"},
                                    docker::hand_input(command, limits, files, options, end));
  BOTTLE_TRY(auto done, run_process(hand, docker::limits_around_hand(limits)));
  if (std::holds_alternative<TimedOut>(done.ending)) hung_ = true;  // the hand would have ended before
  BOTTLE_TRY(auto result, docker::read_hand_output(std::move(done), end));
  docker::without_preface(result, end);
  return result;
}

Result<void> AttachedBottle::put_files(std::vector<AgentFile> files) {
  for (AgentFile& file : files) {
    file.path = here(file.path);
    if (!file.path.starts_with(presence_->directory() + "/"))
      return fail(file.path + " is not ours to write in a bottle that runs already", Fault::unsupported);
  }
  BOTTLE_TRY(const auto done, exec_in({}, {.timeout = kFileLimit}, files));
  return succeeded(done) ? Result<void>() : fail("files could not be put into the bottle: " + describe(done.ending));
}

std::string AttachedBottle::unheard(Place place, Boundary boundary) const {
  if (place != Place::host) return "nothing of ours stands where it would arrive";
  if (!presence_->is_here())
    return "the bottle is not shown to run on this machine, whose canaries it would have to reach: none of its "
           "processes is among ours";
  if (!host_.is_the_machines)
    return "bottle-verify runs in a network of its own, not in that of this machine's process 1: its canaries are not "
           "on the loopback that the bottle would have to reach";
  // One file tells of no other; and what a process was given at its start was given before we came.
  if (boundary == Boundary::files_read || boundary == Boundary::files_write)
    return "a directory of the host that is mounted elsewhere would not show it";
  if (boundary == Boundary::environment || boundary == Boundary::descriptors)
    return "the bottle was started before there was anything of ours to inherit";
  return {};
}

std::map<std::string, std::string> AttachedBottle::facts() const {
  return {{"planted in", presence_->directory()},
          {"runs on this machine", presence_->is_here() ? "yes, by its processes" : "not shown"},
          {"echo", presence_->no_echo().empty() ? "on the bottle's own loopback" : presence_->no_echo()}};
}

Result<void> AttachedBottle::stop() {
  const std::lock_guard lock(stopping_);
  if (stopped_) return {};
  stopped_ = true;
  const auto gone = presence_->end();
  host_.lab.lab = Lab(Fd(), Fd(), host_.lab.lab.canaries());
  host_.lab.process.wait(kLabEnd);
  return gone;
}

}  // namespace bottle::attach
