#include "backends/smolmachines/take_down.h"

#include <nlohmann/json.hpp>
#include <thread>

#include "backends/smolmachines/commands.h"
#include "harness/platform/processes.h"

namespace bottle::smolmachines {
namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds kEndLimit{3'000}, kBetweenLooks{20};

bool is_absent(const Error& error) { return error.what.find("not found") != std::string::npos; }

// Stopped first: before 0.8.1 a deleted machine would go on running. There it says of one that it does not know that it
// is not running, and exits with 0.
Result<void> remove_one(const Smolvm& smolvm, const Home& home, const std::string& name) {
  const auto stopped = smolvm.run(home, stop_machine(name));
  const auto deleted = smolvm.run(home, delete_machine(smolvm.family(), name));
  if (!deleted && !is_absent(deleted.error())) return fail(deleted.error());
  if (!stopped && !is_absent(stopped.error())) return fail(stopped.error());
  return {};
}

bool has_ended_soon(const ProcessMark& mark) {
  const auto deadline = std::chrono::steady_clock::now() + kEndLimit;
  while (!has_ended(mark)) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(kBetweenLooks);
  }
  return true;
}

}  // namespace

Result<std::vector<Listed>> machines_of(const Smolvm& smolvm, const Home& home, const std::string& prefix) {
  BOTTLE_TRY(const auto said, smolvm.run(home, list_machines()));
  const json all = json::parse(said, nullptr, false);
  if (!all.is_array()) return fail("smolvm machine ls --json: what it says is no list");
  std::vector<Listed> machines;
  for (const json& one : all) {
    if (!one.is_object() || !one.contains("name") || !one.at("name").is_string()) continue;
    Listed listed{.name = one.at("name").get<std::string>()};
    if (!listed.name.starts_with(prefix)) continue;
    if (one.contains("state") && one.at("state").is_string()) listed.state = one.at("state").get<std::string>();
    if (one.contains("pid") && one.at("pid").is_number_integer()) listed.pid = one.at("pid").get<int>();
    machines.push_back(std::move(listed));
  }
  return machines;
}

Result<std::vector<std::string>> take_down(const Smolvm& smolvm, const Home& home, const std::string& prefix) {
  std::vector<std::string> lies;
  const auto machines = machines_of(smolvm, home, prefix);
  Result<void> first = machines ? Result<void>() : fail(machines.error());
  if (!machines) static_cast<void>(remove_one(smolvm, home, prefix));  // what can be done without a list
  for (const Listed& machine : machines ? *machines : std::vector<Listed>()) {
    const auto mark = mark_of(machine.pid);
    auto gone = remove_one(smolvm, home, machine.name);
    if (gone && mark && machine.pid > 1 && !has_ended_soon(*mark)) {
      end_process(*mark, kEndLimit);
      const std::string what = "smolvm says that " + machine.name + " is deleted, but its process " +
                               std::to_string(machine.pid) + " went on";
      if (has_ended(*mark))
        lies.push_back(what + "; it was killed");
      else
        gone = fail(what + ", and does not end on SIGKILL");
    }
    if (first && !gone) first = fail(gone.error());
  }
  if (!first) return fail(first.error());
  return lies;
}

}  // namespace bottle::smolmachines
