// Where smolvm keeps everything of one bottle: a home of the run's own, short enough for the socket that it makes deep
// inside, and a note in the run's directory by which a later cleanup finds it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "harness/exec.h"
#include "harness/result.h"

namespace bottle::smolmachines {

struct Home {
  std::filesystem::path path = {};
  bool is_users = false;  // told by the user: smolvm's usual places in it, and nothing of it is ours to remove
  std::filesystem::path agent_rootfs = {};  // for SMOLVM_AGENT_ROOTFS; empty: nothing is said

  // In the run's directory, or where that is too long for a socket's path in /tmp. Created by make_home() alone.
  static Home of_run(const std::filesystem::path& run_directory, const std::string& slug);
  // Of a child: smolvm's directories, a PATH, what its guests boot from, and nothing else that would change what it
  // does (SMOLVM_*, proxies, loaders).
  Environment environment() const;
  std::filesystem::path state_database() const;
  // Where smolvm keeps a machine's disks, socket and logs.
  std::filesystem::path machine_directory(const std::string& name) const;
};

Result<void> make_home(const Home& home);
Result<void> remove_home(const Home& home);

// What a killed run leaves to be found, in kKept (harness/run_directory.h).
struct Note {
  std::filesystem::path program = {};  // smolvm
  Home home = {};
  std::string machine = {};
  std::filesystem::path unfinished = {};  // what is being packed begins so; empty: an older run's, which did not say
};
Result<void> write_note(const std::filesystem::path& run_directory, const Note& note);
std::optional<Note> note_of(const std::filesystem::path& run_directory);
void forget_note(const std::filesystem::path& run_directory);

}  // namespace bottle::smolmachines
