// A smolvm that hangs, dies or says something else than it did: the driver against a script that plays one, with short
// limits. No machine is made.
#include <gmock/gmock.h>

#include <filesystem>
#include <functional>

#include "backends/smolmachines/artifact.h"
#include "backends/smolmachines/machine.h"
#include "backends/smolmachines/take_down.h"
#include "harness/platform/processes.h"
#include "tests/harness/temp_folder.h"

namespace bottle::smolmachines {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kName[] = "bottle-verify-abc";

class SmolvmMisbehaves : public testing::Test {
 protected:
  // `cases` of a shell's `case "$*" in`; what none of them takes does nothing and ends well.
  Smolvm playing(const std::string& cases, const Version& version = {0, 8, 0}) {
    write_program("smolvm", cases);
    return {folder_.path() / "smolvm", version, limits()};
  }
  void write_program(const std::string& name, const std::string& cases) {
    const auto file = folder_.write(name, "#!/bin/sh\ncase \"$*\" in " + cases + " esac\n");
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }
  static Limits limits() {
    const milliseconds all{300};
    return {.version = all,
            .answer = all,
            .start = all,
            .ready = all,
            .copy = all,
            .pack = all,
            .margin = all,
            .impatience = milliseconds{200}};
  }
  Home home() const { return {folder_.path() / "home"}; }
  Machine machine(const Smolvm& smolvm) const {
    return {smolvm, home(), {.name = kName, .artifact = "/x.smolmachine"}, folder_.path()};
  }
  // What a command does that never ends: its words have the folder's name.
  std::string hangs() const { return "exec tail -f " + folder_.write("nothing", "").string(); }
  // Of this test's programs none goes on.
  void expect_no_process() const {
    for (const RunningProcess& process : all_processes()) {
      const std::string words = arguments_of(process.pid);
      EXPECT_EQ(words.find(folder_.path().string()), std::string::npos) << words;
    }
  }

  TempFolder folder_;
};

template <class T>
std::string error_of(const Result<T>& result) {
  return result ? "" : result.error().what;
}

TEST_F(SmolvmMisbehaves, AVersionThatDoesNotComeIsUnavailable) {
  playing("*) " + hangs() + ";;");
  const auto found = Smolvm::find((folder_.path() / "smolvm").string(), limits());
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().fault, Fault::unavailable);
  EXPECT_THAT(found.error().what, HasSubstr("smolvm --version: no answer in 0.3 s"));
  expect_no_process();
}

TEST_F(SmolvmMisbehaves, ACommandThatHangsIsNamedInTime) {
  struct Command {
    const char* pattern;
    std::function<std::string(Machine&)> run;
    const char* said;
  };
  const auto exec = [](Machine& m) {
    return error_of(m.exec({.argv = {"true"}}, {.timeout = milliseconds{1}}, {}, {}));
  };
  const Command commands[] = {
      {"machine\\ create*", [](Machine& m) { return error_of(m.create()); },
       "smolvm machine create: no answer in 0.3 s"},
      {"machine\\ start*", [](Machine& m) { return error_of(m.start()); }, "smolvm machine start: no answer in 0.3 s"},
      {"machine\\ cp*", exec, "smolvm machine cp: no answer in 0.3 s"},
      {"machine\\ exec*", exec, "smolvm machine exec: no answer in time"},
      {"machine\\ exec*", [](Machine& m) { return error_of(m.await_ready()); },
       "smolvm machine exec: no answer in time"},
  };
  for (const Command& command : commands) {
    Machine tried = machine(playing(command.pattern + std::string(") ") + hangs() + ";;"));
    EXPECT_EQ(command.run(tried), command.said) << command.pattern;
    expect_no_process();
  }
}

TEST_F(SmolvmMisbehaves, AnEndThatHangsIsTakenAsFarAsItGoes) {
  const std::string listed = "machine\\ ls*) echo '[{\"name\": \"" + std::string(kName) + "\", \"pid\": null}]';; ";
  const std::string asked = "echo \"$2\" >> " + (folder_.path() / "asked").string();
  struct End {
    std::string hangs, said;
  };
  // Each is asked although another hung, and the later ones are not waited for as long.
  const End ends[] = {{"ls", "smolvm machine ls: no answer in 0.3 s"},
                      {"stop", ""},  // and told: see the next test
                      {"delete", "smolvm machine delete: no answer in 0.3 s"},
                      {"stop*|machine\\ delete", "smolvm machine delete: no answer in 0.2 s"}};
  for (const End& end : ends) {
    std::filesystem::remove(folder_.path() / "asked");
    const Smolvm smolvm =
        playing("machine\\ " + end.hangs + "*) " + asked + "; " + hangs() + ";; " + listed + "*) " + asked + ";;");
    EXPECT_EQ(error_of(take_down(smolvm, home(), kName)), end.said) << end.hangs;
    expect_no_process();
  }
}

TEST_F(SmolvmMisbehaves, WhatWouldNotStopAndIsDeletedAllTheSameIsTold) {
  const std::string listed = "machine\\ ls*) echo '[{\"name\": \"" + std::string(kName) + "\", \"pid\": null}]';; ";
  const auto gone = take_down(playing(listed + "machine\\ stop*) " + hangs() + ";;"), home(), kName);
  ASSERT_TRUE(gone) << gone.error().what;
  EXPECT_THAT(*gone, ElementsAre("smolvm machine stop: no answer in 0.3 s"));
}

TEST_F(SmolvmMisbehaves, OnlyAMachineThatItDoesNotKnowIsGone) {
  const std::string listed = "machine\\ ls*) echo '[{\"name\": \"" + std::string(kName) + "\", \"pid\": null}]';; ";
  const auto saying = [&](const std::string& what) {
    return take_down(playing(listed + "machine\\ stop*|machine\\ delete*) echo 'Error: " + what + "' >&2; exit 1;;"),
                     home(), kName);
  };
  const auto gone = saying("vm not found: " + std::string(kName));
  ASSERT_TRUE(gone) << gone.error().what;
  EXPECT_THAT(*gone, IsEmpty());
  for (const char* other :
       {"libkrun/libkrunfw not found. Install smolvm with bundled libraries or set SMOLVM_LIB_DIR.",
        "smolvm binary not found at /x/smolvm-bin", "vm not found: bottle-verify-abcd", "database error: not found"})
    EXPECT_EQ(error_of(saying(other)), "smolvm machine delete: " + std::string(other));
}

// At 0.8.0 the row would be gone, and the machine would go on.
TEST_F(SmolvmMisbehaves, WithoutAListNothingIsDeletedThatDidNotStop) {
  const auto asked = folder_.path() / "asked";
  const Smolvm smolvm = playing("machine\\ ls*) echo rubbish;; machine\\ stop*) exit 1;; machine\\ delete*) touch " +
                                asked.string() + ";;");
  EXPECT_THAT(error_of(take_down(smolvm, home(), kName)), HasSubstr("what it says is no list"));
  EXPECT_FALSE(std::filesystem::exists(asked));
}

TEST_F(SmolvmMisbehaves, ANewerListIsReadAndWhatDecidesMustBeInIt) {
  const auto of = [&](const std::string& list) {
    return take_down(playing("machine\\ ls*) echo '" + list + "';;"), home(), kName);
  };
  const std::string name = "\"name\": \"" + std::string(kName) + "\"";
  EXPECT_TRUE(of("[{" + name + ", \"pid\": null, \"moods\": [{\"a\": 1}], \"cpus\": \"four\"}]"));
  EXPECT_TRUE(of("[{\"name\": \"somebody-elses\"}]"));
  EXPECT_THAT(error_of(of("[{" + name + "}]")), HasSubstr("does not say which process bottle-verify-abc had"));
  EXPECT_THAT(error_of(of("[{" + name + ", \"pid\": \"12\"}]")), HasSubstr("does not say which process"));
  EXPECT_THAT(error_of(of("[{\"id\": \"" + std::string(kName) + "\"}]")), HasSubstr("a machine without a name"));
  EXPECT_THAT(error_of(of("{\"machines\": []}")), HasSubstr("what it says is no list"));
}

TEST_F(SmolvmMisbehaves, OneThatDiesIsNoGuestThatWasKilled) {
  const std::string dies = "kill -9 $$;;";
  Machine tried = machine(playing("machine\\ exec*) " + dies));
  EXPECT_EQ(error_of(tried.exec({.argv = {"true"}}, {}, {}, {})), "smolvm machine exec: signal 9");
  EXPECT_EQ(error_of(tried.await_ready()), "smolvm machine exec: signal 9");
  Machine other = machine(playing("machine\\ cp*) " + dies));
  EXPECT_EQ(error_of(other.exec({.argv = {"true"}}, {}, {}, {})), "smolvm machine cp: signal 9");
}

TEST_F(SmolvmMisbehaves, PackingThatHangsOrDiesLeavesNoArtifact) {
  write_program("docker", "image\\ inspect*) echo sha256:0123456789abcdef0123;;");
  ::setenv("XDG_CACHE_HOME", (folder_.path() / "cache").c_str(), 1);
  const ImageOnEngine image{.engine = docker::Engine((folder_.path() / "docker").string()),
                            .image = "some/image:1",
                            .layout = {.slug = "abc", .directory = folder_.path()}};
  const std::string half = "for last; do :; done; touch \"$last\" \"$last.smolmachine\"; ";
  const std::pair<std::string, std::string> ends[] = {{hangs(), "smolvm pack create: no answer in 0.3 s"},
                                                      {"kill -9 $$", "smolvm pack create: signal 9"}};
  for (const auto& [ending, said] : ends) {
    const Smolvm smolvm = playing("pack\\ create*) " + half + ending + ";; *ls*) echo '[]';;", {1, 9, 3});
    EXPECT_EQ(error_of(ensure_artifact(smolvm, home(), image)), said);
    for (const auto& left : std::filesystem::recursive_directory_iterator(folder_.path() / "cache"))
      EXPECT_TRUE(left.is_directory() || left.path().extension() == ".lock") << left.path();
    expect_no_process();
  }
}

}  // namespace
}  // namespace bottle::smolmachines
