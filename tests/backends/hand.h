// What the tests of bottle-hand share: the program where every user can execute it, and errands through it.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "backends/docker/hand_protocol.h"
#include "harness/process.h"
#include "tests/harness/temp_folder.h"

namespace bottle::docker {

inline constexpr char kEnd[] = "end-7c1f6a";

class HandProgram {
 public:
  HandProgram() {
    ::chmod(folder_.path().c_str(), 0777);
    std::filesystem::copy_file(BOTTLE_BUILD_DIR "/libexec/bottle-hand", path());
    ::chmod(path().c_str(), 0755);
  }
  std::string path() const { return (folder_.path() / "bottle-hand").string(); }
  const std::filesystem::path& folder() const { return folder_.path(); }  // everybody's

 private:
  TempFolder folder_;
};

struct HandTry {
  Command command = {};
  ExecLimits limits = {};
  std::vector<AgentFile> files = {};
  HandOptions options = {};
  Environment container = {{"PATH", "/usr/bin:/bin"}};  // what the hand itself is given
};

// `around`: argv before the hand's own, as of setpriv.
inline Result<ExecResult> run_hand(const HandProgram& program, std::vector<std::string> around, const HandTry& what) {
  Command engine{std::move(around), what.container,
                 hand_input(what.command, what.limits, what.files, what.options, kEnd)};
  engine.argv.insert(engine.argv.end(), {program.path(), "exec"});
  engine.inherit = what.command.inherit;
  BOTTLE_TRY(auto result, run_process(engine, limits_around_hand(what.limits)));
  return read_hand_output(std::move(result), kEnd);
}

}  // namespace bottle::docker
