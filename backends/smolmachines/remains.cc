#include "backends/smolmachines/remains.h"

#include <filesystem>
#include <functional>
#include <thread>

#include "backends/docker/layout.h"
#include "backends/docker/remains.h"
#include "backends/smolmachines/artifact.h"
#include "backends/smolmachines/registry.h"
#include "backends/smolmachines/take_down.h"
#include "harness/platform/processes.h"
#include "harness/run_directory.h"

namespace bottle::smolmachines {
namespace {

constexpr char kProcessFile[] = "agent.pid";  // smolvm writes it when a machine starts
constexpr std::chrono::seconds kStragglersTime{10};
constexpr std::chrono::milliseconds kBetweenGlances{20}, kKillTime{2'000};

std::string line_of(const Note& note) { return "machine " + note.machine + " in " + note.home.path.string(); }

// What smolvm says of it, and whether that has files which it does not speak of.
std::string state_of(const Note& note) {
  const auto smolvm = Smolvm::find(note.program.string());
  const auto machines = smolvm ? machines_of(*smolvm, note.home, note.machine) : fail(smolvm.error());
  if (!machines) return "what has become of it is not known: " + machines.error().what;
  for (const Listed& machine : *machines) {
    if (machine.name == note.machine) return machine.state;
  }
  std::error_code error;
  const bool has_files = std::filesystem::exists(note.home.machine_directory(note.machine), error);
  return has_files ? "not listed by smolvm, but its files are there" : "not listed by smolvm";
}

// Empty: it is no name of ours.
std::string slug_of(const Note& note) {
  const std::string_view prefix = docker::kNamePrefix;
  return note.machine.starts_with(prefix) ? note.machine.substr(prefix.size()) : "";
}

// A command of smolvm's that makes or ends something for this run, whose name is in its words. The machine's own
// process is none.
bool works_for(const std::string& slug, const std::string& arguments) {
  const std::string words = std::string(1, '\0') + arguments;
  const auto says = [&](const char* word) {
    return words.find(std::string(1, '\0') + word + std::string(1, '\0')) != std::string::npos;
  };
  return !slug.empty() && (says("machine") || says("pack")) && arguments.find(slug) != std::string::npos;
}

std::vector<ProcessMark> processes_whose(const std::function<bool(const std::string& arguments)>& fit) {
  std::vector<ProcessMark> all;
  for (const RunningProcess& process : all_processes()) {
    if (!process.is_ours) continue;
    const auto mark = mark_of(process.pid);
    if (mark && fit(arguments_of(process.pid))) all.push_back(*mark);
  }
  return all;
}

std::vector<ProcessMark> under_way(const std::string& slug) {
  return processes_whose([&](const std::string& arguments) { return works_for(slug, arguments); });
}

// What a killed run had under way goes on without it, and what it makes would come up after this.
void end_stragglers(const Note& note) {
  const auto deadline = std::chrono::steady_clock::now() + kStragglersTime;
  std::vector<ProcessMark> left;
  while (!(left = under_way(slug_of(note))).empty() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(kBetweenGlances);
  for (const ProcessMark& straggler : left) end_process(straggler, kKillTime);
}

// Of a home of the run's own, whose smolvm cannot say any more what is in it: no machine of it was ever started, and
// nobody works there. Then there is nothing but files.
bool is_only_files(const Note& note) {
  namespace fs = std::filesystem;
  if (note.home.is_users) return false;
  std::error_code none, error;  // also those that only packed
  for (fs::directory_iterator machine(note.home.machine_directory(note.machine).parent_path(), none), end;
       !none && machine != end; machine.increment(none)) {
    if (fs::exists(machine->path() / kProcessFile, error)) return false;
  }
  if (none && none != std::errc::no_such_file_or_directory) return false;
  const auto is_there = [&](const std::string& arguments) {
    return arguments.find(note.machine) != arguments.npos || arguments.find(note.home.path.string()) != arguments.npos;
  };
  return processes_whose(is_there).empty();
}

Result<void> remove_home_and_machine(const Note& note) {
  end_stragglers(note);
  if (!note.unfinished.empty()) remove_unfinished(note.unfinished);
  std::error_code error;
  if (!std::filesystem::exists(note.home.path, error)) return {};  // nothing was made yet
  BOTTLE_TRY(const auto smolvm, Smolvm::find(note.program.string()));
  const auto gone = take_down(smolvm, note.home, note.machine);
  if (!gone && !is_only_files(note)) return fail(gone.error());
  return remove_home(note.home);
}

Result<void> remove(const Note& note) {
  const auto gone = remove_home_and_machine(note);
  if (gone) return {};
  return fail(line_of(note) + " could not be removed: " + gone.error().what, gone.error().fault);
}

}  // namespace

Result<void> remove_noted(const std::filesystem::path& run_directory) {
  const auto note = note_of(run_directory);
  if (auto gone = note ? remove(*note) : Result<void>(); !gone) return gone;
  forget_note(run_directory);
  return {};
}

std::vector<std::string> lines_of(const docker::Engine& engine) {
  std::vector<std::string> lines;
  for (const auto& directory : orphaned_directories()) {
    if (const auto note = note_of(directory)) lines.push_back(line_of(*note) + ": " + state_of(*note));
  }
  for (std::string& line : docker::lines_of(docker::left_behind(engine).remains)) lines.push_back(std::move(line));
  return lines;
}

Result<std::vector<std::string>> remove_remains(const docker::Engine& engine) {
  std::vector<std::string> lines;
  Result<void> first;
  for (const auto& directory : orphaned_directories()) {
    const auto note = note_of(directory);
    auto gone = note ? remove(*note) : Result<void>();
    if (note && gone) gone = remove_tag_of(engine, slug_of(*note));
    if (gone) forget_note(directory);
    if (note && gone) lines.push_back(line_of(*note));
    if (first && !gone) first = gone;
  }
  if (!first) return fail(first.error());
  BOTTLE_TRY(auto removed, docker::remove_left_behind(engine));
  lines.insert(lines.end(), removed.begin(), removed.end());
  BOTTLE_TRY(auto directories, remove_orphans());
  lines.insert(lines.end(), directories.begin(), directories.end());
  return lines;
}

}  // namespace bottle::smolmachines
