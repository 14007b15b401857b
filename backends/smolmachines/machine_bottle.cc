#include "backends/smolmachines/machine_bottle.h"

#include <fmt/format.h>

#include "backends/smolmachines/host_road.h"
#include "harness/process.h"
#include "harness/record.h"

namespace bottle::smolmachines {
namespace {

constexpr std::chrono::milliseconds kFileLimit{60'000};

}  // namespace

MachineBottle::MachineBottle(docker::Engine engine, docker::Containers containers, AgentSide agent,
                             Environment agent_environment)
    : SurroundedBottle(std::move(engine), std::move(containers)),
      agent_(std::move(agent)),
      machine_(agent_.smolvm, agent_.home, agent_.machine, around().containers().layout.directory),
      agent_environment_(std::move(agent_environment)) {}

MachineBottle::~MachineBottle() { static_cast<void>(stop()); }

Result<void> MachineBottle::start_agent(const std::vector<AgentFile>& files, Stopwatch& phases) {
  const auto step = [&](const char* name, auto act) { return phases.time(name, act); };
  if (auto made = step("machine-create", [&] { return machine_.create(); }); !made) return made;
  if (auto safe = step("machine-policy", [&] { return machine_.secure(agent_.patch); }); !safe) return safe;
  if (auto up = step("machine-start", [&] { return machine_.start(); }); !up) return up;
  if (auto ready = step("machine-ready", [&] { return machine_.await_ready(); }); !ready) return ready;
  std::vector<AgentFile> all = files;
  if (!agent_.resolver.empty()) all.push_back({"/etc/resolv.conf", "nameserver " + agent_.resolver + "\n", 0644});
  return step("machine-files", [&] { return put_files(all); });
}

Result<void> MachineBottle::as_lifecycle(const std::function<Result<void>()>& part) {
  const auto began = std::chrono::steady_clock::now();
  const auto busy = around().engine().busy();
  auto done = part();
  beyond_commands_ += std::chrono::steady_clock::now() - began - (around().engine().busy() - busy);
  return done;
}

// Behind the machine's walls there is nothing but the agent's own: no place for a program of the harness's that the
// agent could not look into.
Result<ExecResult> MachineBottle::exec(Place place, const Command& command, const ExecLimits& limits) {
  if (place == Place::host) return run_process(command, limits);
  if (place == Place::outside || place == Place::bundle) return around().exec(place, command, limits);
  if (place != Place::agent) return fail(kNoPlaceBehind, Fault::unsupported);
  Command whole = command;
  whole.environment.insert(agent_environment_.begin(), agent_environment_.end());  // what is there stays
  return machine_.exec(whole, limits, {}, {.base = true, .kills = docker::HandKills::descendants});
}

// A lab that is deaf on purpose is what the judge has to notice, by the bare arm.
Result<void> MachineBottle::look_at_lab(const LabConfig& lab) {
  if (!lab.wrongs.empty()) return {};
  auto heard = show_that_host_is_heard(around().lab(), agent_.heard_at);
  if (!heard && around().containers().has_beyond())
    heard.error().what += "; where the engine's networks are not this host's, take --option road=loopback";
  return heard;
}

Result<void> MachineBottle::put_files(const std::vector<AgentFile>& files) {
  if (files.empty()) return {};
  const auto done = machine_.exec({}, {.timeout = kFileLimit}, files, {});
  if (done && succeeded(*done)) return {};
  return fail("files could not be put into the bottle: " + (done ? describe(done->ending) : done.error().what),
              done ? Fault::failed : done.error().fault);
}

// What of the wall clock's time at least one command of smolvm's or the engine's was under way: the rest is ours.
std::map<std::string, std::string> MachineBottle::facts() const {
  const auto seconds = [](std::chrono::nanoseconds time) {
    return fmt::format("{:.2f} s", std::chrono::duration<double>(time).count());
  };
  return {{"commands busy", seconds(around().engine().busy())},
          {kBeyondCommands, fmt::format("{} ms", beyond_commands_.count() / 1'000'000)}};
}

// The machine first: what it could still reach is still there to hear it. Its home goes last.
Result<void> MachineBottle::take_down() {
  Result<std::vector<std::string>> gone;
  Result<void> cleared;
  static_cast<void>(as_lifecycle([&]() -> Result<void> {
    gone = machine_.remove();
    cleared = around().stop();
    return {};
  }));
  const auto removed = gone ? remove_home(agent_.home) : Result<void>();
  if (gone && removed) forget_note(around().containers().layout.directory);
  if (!gone) return fail("the machine may still be there: " + gone.error().what, gone.error().fault);
  if (!removed && cleared) return fail(removed.error());
  if (cleared && !gone->empty()) return fail(gone->front());  // nothing is left, but somebody should know
  return cleared;
}

}  // namespace bottle::smolmachines
