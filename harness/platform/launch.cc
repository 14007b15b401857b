// posix_spawn: a program is started without a copy of this one's memory, which a fork makes first. What it may keep is
// the system's business (keep_only, in launch_linux.cc and launch_macos.cc).
#include "harness/platform/launch.h"

#include <signal.h>
#include <spawn.h>

#include <cstring>

#include "harness/platform/keep_only.h"

namespace bottle {
namespace {

struct Actions {
  posix_spawn_file_actions_t native = {};
  int error = ::posix_spawn_file_actions_init(&native);
  Actions() = default;
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
  ~Actions() { ::posix_spawn_file_actions_destroy(&native); }

  void keep(const Kept& kept) {
    for (const auto& [number, ours] : kept) {
      if (error == 0) error = ::posix_spawn_file_actions_adddup2(&native, ours, number);
    }
    if (error == 0) error = keep_only(native, kept);
  }
  void enter(const std::string& directory) {
    if (error == 0 && !directory.empty()) error = ::posix_spawn_file_actions_addchdir_np(&native, directory.c_str());
  }
};

struct Attributes {
  posix_spawnattr_t native = {};
  int error = ::posix_spawnattr_init(&native);
  Attributes() {
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    const int flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | kKeepOnlyFlags;
    for (const int code :
         {::posix_spawnattr_setsigmask(&native, &none), ::posix_spawnattr_setsigdefault(&native, &all),
          ::posix_spawnattr_setpgroup(&native, 0), ::posix_spawnattr_setflags(&native, static_cast<short>(flags))}) {
      if (error == 0) error = code;
    }
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  ~Attributes() { ::posix_spawnattr_destroy(&native); }
};

std::vector<char*> pointers_to(std::vector<std::string>& lines) {
  std::vector<char*> pointers;
  for (std::string& line : lines) pointers.push_back(line.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Result<int> launch_program(const std::string& program, const Command& command, const Kept& kept) {
  std::vector<std::string> arguments = command.argv;
  std::vector<std::string> variables;
  for (const auto& [name, value] : command.environment) variables.push_back(name + "=" + value);
  Actions actions;
  actions.keep(kept);
  actions.enter(command.directory);
  const Attributes attributes;
  pid_t pid = -1;
  int error = actions.error != 0 ? actions.error : attributes.error;
  if (error == 0) {
    error = ::posix_spawn(&pid, program.c_str(), &actions.native, &attributes.native, pointers_to(arguments).data(),
                          pointers_to(variables).data());
  }
  if (error == 0) return static_cast<int>(pid);
  const auto fault = error == ENOENT ? Fault::unavailable : Fault::failed;
  return tl::unexpected<Error>(Error{fault, program + ": " + std::strerror(error), error});
}

}  // namespace bottle
