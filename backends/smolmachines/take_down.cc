#include "backends/smolmachines/take_down.h"

#include <nlohmann/json.hpp>
#include <thread>

#include "backends/smolmachines/commands.h"
#include "harness/platform/processes.h"

namespace bottle::smolmachines {
namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds kEndLimit{3'000}, kBetweenLooks{20};

// In exactly these words: much else is "not found" where smolvm itself does not work, and the machine goes on.
bool is_absent(const Error& error, const Words& asked, const std::string& name) {
  return error.what == name_of_call(asked) + ": vm not found: " + name;
}

// Stopped first: before 0.8.1 a deleted machine would go on running. There it says of one that it does not know that it
// is not running, and exits with 0. What would not stop and is deleted all the same is gone, and `lies` gets a line.
Result<void> remove_one(const Smolvm& smolvm, const Home& home, const std::string& name,
                        std::vector<std::string>& lies) {
  const Words stop = stop_machine(name), remove = delete_machine(smolvm.family(), name);
  const auto stopped = smolvm.run(home, stop);
  const auto deleted = smolvm.run(home, remove);
  if (!deleted && !is_absent(deleted.error(), remove, name)) return fail(deleted.error());
  if (!stopped && !is_absent(stopped.error(), stop, name)) lies.push_back(stopped.error().what);
  return {};
}

// Without a list nobody knows its process: what does not say that it has stopped keeps its row, for another try.
void remove_unlisted(const Smolvm& smolvm, const Home& home, const std::string& name) {
  if (smolvm.run(home, stop_machine(name))) static_cast<void>(smolvm.run(home, delete_machine(smolvm.family(), name)));
}

bool has_ended_soon(const ProcessMark& mark) {
  const auto deadline = std::chrono::steady_clock::now() + kEndLimit;
  while (!has_ended(mark)) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(kBetweenLooks);
  }
  return true;
}

// One machine, and its process, whatever smolvm has made of it: `lies` gets a line where that went on.
Result<void> end_one(const Smolvm& smolvm, const Home& home, const Listed& machine, std::vector<std::string>& lies) {
  const auto mark = mark_of(machine.pid.value_or(0));
  auto gone = remove_one(smolvm, home, machine.name, lies);
  if (gone && !machine.pid)
    return fail("smolvm machine ls --json does not say which process " + machine.name +
                " had: whether it goes on is not known");
  if (machine.pid.value_or(0) <= 1 || !mark || has_ended_soon(*mark)) return gone;
  end_process(*mark, kEndLimit);
  const std::string what =
      (gone ? "smolvm says that " + machine.name + " is deleted, but" : gone.error().what + ", and") + " its process " +
      std::to_string(*machine.pid) + " went on";
  if (!has_ended(*mark)) return fail(what + ", and does not end on SIGKILL");
  if (!gone) return fail(what + "; it was killed");
  lies.push_back(what + "; it was killed");
  return {};
}

}  // namespace

Result<std::vector<Listed>> machines_of(const Smolvm& smolvm, const Home& home, const std::string& prefix) {
  BOTTLE_TRY(const auto said, smolvm.run(home, list_machines()));
  const json all = json::parse(said, nullptr, false);
  if (!all.is_array()) return fail("smolvm machine ls --json: what it says is no list");
  std::vector<Listed> machines;
  for (const json& one : all) {
    if (!one.is_object() || !one.contains("name") || !one.at("name").is_string())
      return fail("smolvm machine ls --json: it lists a machine without a name");
    Listed listed{.name = one.at("name").get<std::string>()};
    if (!listed.name.starts_with(prefix)) continue;
    if (one.contains("pid") && one.at("pid").is_null()) listed.pid = 0;
    if (one.contains("pid") && one.at("pid").is_number_integer()) listed.pid = one.at("pid").get<int>();
    machines.push_back(std::move(listed));
  }
  return machines;
}

Result<std::vector<std::string>> take_down(const Smolvm& smolvm, const Home& home, const std::string& prefix) {
  std::vector<std::string> lies;
  const auto machines = machines_of(smolvm, home, prefix);
  Result<void> first = machines ? Result<void>() : fail(machines.error());
  if (!machines) remove_unlisted(smolvm, home, prefix);
  for (const Listed& machine : machines ? *machines : std::vector<Listed>()) {
    const auto gone = end_one(smolvm, home, machine, lies);
    if (first && !gone) first = fail(gone.error());
  }
  if (!first) return fail(first.error());
  return lies;
}

}  // namespace bottle::smolmachines
