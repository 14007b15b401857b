// RunDirectory: the private directory of one run, <tmp>/bottle-verify-<uid>/<slug>, and how a later run finds what a
// killed one left behind. It holds `lock`, which the live run keeps locked, and `warden.pid` once a bottle is up.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/fd.h"
#include "harness/platform/processes.h"
#include "harness/result.h"

namespace bottle {

class RunDirectory {
 public:
  static Result<RunDirectory> make();                         // of a slug that nobody else has
  static Result<RunDirectory> make(const std::string& slug);  // Fault::usage: not [a-z0-9-]
  RunDirectory(RunDirectory&&) noexcept;
  RunDirectory& operator=(RunDirectory&&) noexcept;
  ~RunDirectory();  // removes the tree

  const std::filesystem::path& path() const { return path_; }
  std::string slug() const { return path_.filename().string(); }

 private:
  RunDirectory(std::filesystem::path path, Fd lock);
  std::filesystem::path path_;
  Fd lock_;
};

// So that cleanup can end the processes of a run that was killed.
Result<void> write_warden_mark(const std::filesystem::path& run_directory, int pid);

// Whether the run that made this directory still has it.
bool is_run_alive(const std::filesystem::path& run_directory);

// A run's directory with a file of this name stays, also when the run ends, and remove_orphans() leaves it alone:
// somebody has more to take down first, as it says, and removes the file then.
inline constexpr char kKept[] = "kept.json";

// One line for each directory whose run is dead.
std::vector<std::string> orphans();
std::vector<std::filesystem::path> orphaned_directories();
// Ends their wardens (only where the start time matches, too), removes them; the lines of what it removed.
Result<std::vector<std::string>> remove_orphans();

}  // namespace bottle
