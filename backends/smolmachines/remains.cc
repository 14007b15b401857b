#include "backends/smolmachines/remains.h"

#include <filesystem>

#include "backends/docker/remains.h"
#include "backends/smolmachines/take_down.h"
#include "harness/run_directory.h"

namespace bottle::smolmachines {
namespace {

std::string line_of(const Note& note) { return "machine " + note.machine + " in " + note.home.path.string(); }

// Without a home nothing was made yet.
Result<void> remove_machine(const Note& note) {
  std::error_code error;
  if (!std::filesystem::exists(note.home.path, error)) return {};
  BOTTLE_TRY(const auto smolvm, Smolvm::find(note.program.string()));
  if (const auto gone = take_down(smolvm, note.home, note.machine); !gone) return fail(gone.error());
  return remove_home(note.home);
}

}  // namespace

Result<void> remove_noted(const std::filesystem::path& run_directory) {
  if (const auto note = note_of(run_directory)) {
    if (auto gone = remove_machine(*note); !gone)
      return fail(line_of(*note) + " could not be removed: " + gone.error().what, gone.error().fault);
  }
  forget_note(run_directory);
  return {};
}

std::vector<std::string> lines_of(const docker::Engine& engine) {
  std::vector<std::string> lines;
  for (const auto& directory : orphaned_directories()) {
    if (const auto note = note_of(directory)) lines.push_back(line_of(*note));
  }
  for (std::string& line : docker::lines_of(docker::left_behind(engine).remains)) lines.push_back(std::move(line));
  return lines;
}

Result<std::vector<std::string>> remove_remains(const docker::Engine& engine) {
  std::vector<std::string> lines;
  Result<void> first;
  for (const auto& directory : orphaned_directories()) {
    const auto note = note_of(directory);
    const auto gone = remove_noted(directory);
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
