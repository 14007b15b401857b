// Where smolvm's guests boot from, as it is found for a smolvm that cannot look for itself: folders that play the
// user's.
#include <gmock/gmock.h>

#include <cstdlib>
#include <map>

#include "backends/smolmachines/agent_rootfs.h"
#include "backends/smolmachines/home.h"
#include "harness/process.h"
#include "tests/harness/temp_folder.h"

namespace bottle::smolmachines {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

// An installation in ~/.smolvm, linked to from ~/.local/bin, and nothing of this machine's.
class AgentRootfs : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"HOME", "XDG_DATA_HOME", "SMOLVM_AGENT_ROOTFS"}) kept_[name] = own_variable(name);
    set("HOME", home().string());
    set("XDG_DATA_HOME", "");
    set("SMOLVM_AGENT_ROOTFS", "");
    for (const char* name : {"smolvm", "smolvm-bin"}) folder_.write("home/.smolvm/" + std::string(name), "");
    fs::create_directories(home() / ".local/bin");
    fs::create_symlink(home() / ".smolvm/smolvm", program());
  }
  void TearDown() override {
    for (const auto& [name, value] : kept_) set(name, value);
  }
  static void set(const std::string& name, const std::string& value) {
    if (value.empty()) {
      ::unsetenv(name.c_str());
    } else {
      ::setenv(name.c_str(), value.c_str(), 1);
    }
  }
  fs::path home() const { return folder_.path() / "home"; }
  fs::path program() const { return home() / ".local/bin/smolvm"; }
  fs::path beside() const { return fs::canonical(home()) / ".smolvm/agent-rootfs"; }
  fs::path in_data() const {
#ifdef __APPLE__
    return home() / "Library/Application Support/smolvm/agent-rootfs";
#else
    return home() / ".local/share/smolvm/agent-rootfs";
#endif
  }
  Check::State state() const { return check_agent_rootfs(program()).state; }

  TempFolder folder_;
  std::map<std::string, std::string> kept_;
};

TEST_F(AgentRootfs, OfTheUsersDataDirectoryIsSaidToSmolvm) {
  fs::create_directories(in_data());
  EXPECT_EQ(agent_rootfs(program()), in_data());
  EXPECT_EQ(state(), Check::State::ok);
}

TEST_F(AgentRootfs, BesideTheProgramIsFoundWithoutAWord) {
  fs::create_directories(in_data());
  fs::create_directories(beside());  // of this version, whatever the data directory has
  EXPECT_EQ(agent_rootfs(program()), fs::path());
  EXPECT_EQ(check_agent_rootfs(program()).found, beside());
}

TEST_F(AgentRootfs, ThatTheUserNamesIsTheOneAndHasToBeThere) {
  fs::create_directories(beside());
  const fs::path own = folder_.path() / "own";
  set("SMOLVM_AGENT_ROOTFS", own.string());
  const auto missing = agent_rootfs(program());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().fault, Fault::unavailable);
  EXPECT_EQ(missing.error().what, "SMOLVM_AGENT_ROOTFS names no directory: " + own.string());
  fs::create_directories(own);
  EXPECT_EQ(agent_rootfs(program()), own);
}

TEST_F(AgentRootfs, ThatIsNowhereIsMissingByThePlacesWhereItWasLookedFor) {
  const auto missing = agent_rootfs(program());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().fault, Fault::unavailable);
  EXPECT_THAT(missing.error().what, AllOf(HasSubstr(beside().string()), HasSubstr(in_data().string())));
  EXPECT_EQ(state(), Check::State::missing);
}

TEST_F(AgentRootfs, OfSomebodysOwnWrapperIsItsOwnMatter) {
  fs::remove(home() / ".smolvm/smolvm-bin");
  EXPECT_EQ(agent_rootfs(program()), fs::path());
  EXPECT_EQ(state(), Check::State::warning);
}

#ifndef __APPLE__
TEST_F(AgentRootfs, IsLookedForWhereTheUsersDataReallyIs) {
  const fs::path elsewhere = folder_.path() / "elsewhere";
  fs::create_directories(in_data());
  fs::create_directories(elsewhere / "smolvm/agent-rootfs");
  set("XDG_DATA_HOME", elsewhere.string());
  EXPECT_EQ(agent_rootfs(program()), elsewhere / "smolvm/agent-rootfs");
}
#endif

TEST_F(AgentRootfs, IsInTheEnvironmentOfTheRunAndOfItsCleanup) {
  const Home home{folder_.path() / "vm", false, "/a/rootfs"};
  EXPECT_EQ(home.environment().at("SMOLVM_AGENT_ROOTFS"), "/a/rootfs");
  ASSERT_TRUE(write_note(folder_.path(), {"/bin/smolvm", home, "m"}));
  const auto note = note_of(folder_.path());
  ASSERT_TRUE(note);
  EXPECT_EQ(note->home.environment(), home.environment());
}

}  // namespace
}  // namespace bottle::smolmachines
