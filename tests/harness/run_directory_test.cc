// RunDirectory: private, removed at the end, and found by a later run when its owner was killed.
#include "harness/run_directory.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <atomic>
#include <fstream>
#include <thread>

namespace bottle {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A temporary directory of this test alone, so that other runs on the machine are not in the way.
class RunDirectories : public testing::Test {
 protected:
  void SetUp() override {
    const char* before = ::getenv("TMPDIR");
    before_ = before != nullptr ? before : "";
    ASSERT_NE(::mkdtemp(base_.data()), nullptr);
    ::setenv("TMPDIR", base_.c_str(), 1);
  }
  void TearDown() override {
    before_.empty() ? ::unsetenv("TMPDIR") : ::setenv("TMPDIR", before_.c_str(), 1);
    fs::remove_all(base_);
  }
  // A run that is killed and so leaves its directory.
  void leave_orphan(const std::string& slug) {
    const pid_t child = ::fork();
    if (child == 0) {
      auto directory = RunDirectory::make(slug);
      ::_exit(directory ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_EQ(status, 0);
  }
  fs::path folder(const std::string& slug) const {
    return fs::path(base_) / ("bottle-verify-" + std::to_string(::getuid())) / slug;
  }

  std::string base_ = "/tmp/bottle-run-test-XXXXXX";
  std::string before_;
};

TEST_F(RunDirectories, IsPrivateAndGoesWithItsOwner) {
  fs::path path;
  {
    const auto directory = RunDirectory::make("one");
    ASSERT_TRUE(directory.has_value()) << directory.error().what;
    path = directory->path();
    struct stat found {};
    ASSERT_EQ(::stat(path.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777, 0700u);
    fs::create_directories(path / "a/b");
    std::ofstream(path / "a/b/c") << "x";
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(RunDirectories, NamesThatCouldLeadElsewhereAreRefused) {
  for (const char* slug : {"", "..", "a/b", "A", "a b"}) {
    const auto made = RunDirectory::make(slug);
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().fault, Fault::usage);
  }
}

TEST_F(RunDirectories, SameNameTwiceIsAnError) {
  const auto first = RunDirectory::make("same");
  EXPECT_FALSE(RunDirectory::make("same").has_value());
  EXPECT_TRUE(fs::exists(first->path()));
}

TEST_F(RunDirectories, LiveOneIsNoOrphan) {
  const auto directory = RunDirectory::make("live");
  EXPECT_THAT(orphans(), IsEmpty());
  EXPECT_THAT(*remove_orphans(), IsEmpty());
  EXPECT_TRUE(fs::exists(directory->path()));
}

TEST_F(RunDirectories, WhatAKilledRunLeftIsFoundAndRemoved) {
  leave_orphan("dead");
  EXPECT_THAT(orphans(), ElementsAre(folder("dead").string()));
  EXPECT_THAT(*remove_orphans(), ElementsAre(folder("dead").string()));
  EXPECT_FALSE(fs::exists(folder("dead")));
  EXPECT_THAT(orphans(), IsEmpty());
}

// A run killed between fork and exec leaves a child that holds the lock for some milliseconds more.
TEST_F(RunDirectories, DeadRunIsFoundAlthoughADyingChildStillHoldsItsLock) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t run = ::fork();
  if (run == 0) {
    const auto directory = RunDirectory::make("dead");
    if (::fork() == 0) {
      static_cast<void>(!::write(ready[1], "r", 1));
      ::usleep(300'000);
      ::_exit(0);  // without the destructor, and so with the lock until here
    }
    ::pause();
  }
  char word = 0;
  ASSERT_EQ(::read(ready[0], &word, 1), 1);
  EXPECT_THAT(orphans(), IsEmpty());
  ::kill(run, SIGKILL);
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(run), &ended, WEXITED | WNOWAIT), 0);  // a zombie does not count as alive
  EXPECT_THAT(*remove_orphans(), ElementsAre(folder("dead").string()));
  EXPECT_FALSE(fs::exists(folder("dead")));
  ::waitpid(run, nullptr, 0);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(RunDirectories, WhoLooksForOrphansIsInNobodysWayWhenARunEnds) {
  std::atomic<bool> over = false;
  std::thread looking([&] {
    while (!over) EXPECT_THAT(orphans(), IsEmpty());
  });
  for (int i = 0; i < 300; ++i) {
    const auto made = RunDirectory::make("run-" + std::to_string(i));
    ASSERT_TRUE(made) << made.error().what;
    std::ofstream(made->path() / "file") << "something";
  }
  over = true;
  looking.join();
  EXPECT_THAT(orphans(), IsEmpty());
}

TEST_F(RunDirectories, RemovingFollowsNoLinkOut) {
  leave_orphan("dead");
  fs::create_directory(base_ + "/precious");
  std::ofstream(base_ + "/precious/file") << "x";
  fs::create_directory_symlink(base_ + "/precious", folder("dead") / "link");
  EXPECT_TRUE(remove_orphans().has_value());
  EXPECT_FALSE(fs::exists(folder("dead")));
  EXPECT_TRUE(fs::exists(base_ + "/precious/file"));
}

TEST_F(RunDirectories, WardenOfADeadRunIsEnded) {
  leave_orphan("dead");
  const pid_t warden = ::fork();
  if (warden == 0) {
    ::pause();
    ::_exit(0);
  }
  ASSERT_TRUE(write_warden_mark(folder("dead"), warden).has_value());
  EXPECT_THAT(orphans(), ElementsAre(HasSubstr("still runs")));
  EXPECT_TRUE(remove_orphans().has_value());
  int status = 0;
  ASSERT_EQ(::waitpid(warden, &status, 0), warden);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

TEST_F(RunDirectories, ProcessThatOnlyHasTheSameNumberIsSpared) {
  leave_orphan("dead");
  const pid_t bystander = ::fork();
  if (bystander == 0) {
    ::pause();
    ::_exit(0);
  }
  std::ofstream(folder("dead") / "warden.pid") << bystander << " 1\n";
  EXPECT_TRUE(remove_orphans().has_value());
  EXPECT_EQ(::waitpid(bystander, nullptr, WNOHANG), 0);
  ::kill(bystander, SIGKILL);
  ::waitpid(bystander, nullptr, 0);
}

TEST_F(RunDirectories, ParentThatOthersMayWriteIsRefused) {
  { const auto directory = RunDirectory::make("first"); }
  ::chmod(folder("").parent_path().c_str(), 0777);
  EXPECT_FALSE(RunDirectory::make("second").has_value());
}

}  // namespace
}  // namespace bottle
