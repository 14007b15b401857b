// Nothing is left behind: not after stop(), not after the harness was killed at any moment.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "tests/backends/bottles.h"

namespace bottle {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// A temporary directory of each test's own: other bottles may run on this machine.
class Remains : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(::mkdtemp(temporary_.data()), nullptr);
    ::setenv("TMPDIR", temporary_.c_str(), 1);
    backend_ = testing_support::find_backend("namespaces");
    const std::string missing = testing_support::missing_here(*backend_);
    if (!missing.empty() && testing_support::is_required("namespaces")) FAIL() << missing;
    if (!missing.empty()) GTEST_SKIP() << missing;
    mounts_ = text_of("/proc/self/mountinfo");
  }
  void TearDown() override {
    ::unsetenv("TMPDIR");
    fs::remove_all(temporary_);
  }
  // It and its descendants.
  std::set<int> family_of(int warden) const {
    std::set<int> family{warden};
    for (bool grown = true; grown;) {
      grown = false;
      std::error_code error;
      for (const auto& entry : fs::directory_iterator("/proc", error)) {
        const std::string name = entry.path().filename();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        const std::string stat = text_of(entry.path() / "stat");
        const auto end = stat.rfind(')');
        if (end == std::string::npos || end + 4 > stat.size()) continue;
        if (family.contains(std::atoi(stat.c_str() + end + 4)) && family.insert(std::stoi(name)).second) grown = true;
      }
    }
    return family;
  }
  static bool all_gone(const std::set<int>& pids) {
    for (int i = 0; i < 300; ++i) {
      bool any = false;
      for (const int pid : pids) {
        const std::string stat = text_of("/proc/" + std::to_string(pid) + "/stat");
        any = any || (!stat.empty() && stat.find(") Z ") == std::string::npos);
      }
      if (!any) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }
  fs::path runs() const { return fs::path(temporary_) / ("bottle-verify-" + std::to_string(::getuid())); }

  std::string temporary_ = "/tmp/bottle-remains-XXXXXX";
  std::string mounts_;
  std::unique_ptr<Backend> backend_;
};

int warden_in(const fs::path& runs) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(runs, error)) {
    int pid = 0;
    std::ifstream(entry.path() / "warden.pid") >> pid;
    if (pid > 0) return pid;
  }
  return 0;
}

TEST_F(Remains, NothingAfterStop) {
  std::set<int> family;
  {
    auto running = testing_support::start(*backend_);
    ASSERT_TRUE(running.has_value()) << running.error().what;
    const auto detached = running->bottle->exec(
        Place::agent, {{"/bin/sh", "-c", "(setsid sh -c 'sleep 60' >/dev/null 2>&1 &)"}, {}, {}}, {});
    ASSERT_TRUE(detached.has_value() && succeeded(*detached));
    family = family_of(warden_in(runs()));
    EXPECT_GE(family.size(), 6u);  // outer, inner, lab, bundle, the agent's first, the sleeper
    const auto began = std::chrono::steady_clock::now();
    ASSERT_TRUE(running->bottle->stop().has_value());
    EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
    EXPECT_TRUE(all_gone(family));
  }
  EXPECT_EQ(text_of("/proc/self/mountinfo"), mounts_);
  EXPECT_TRUE(fs::is_empty(runs()));
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child was not reaped";
}

TEST_F(Remains, NothingAfterAFailedLaunch) {
  testing_support::Options options;
  options.files = {{"/usr/not-writable", "x", 0644}};
  const auto running = testing_support::start(*backend_, options);
  ASSERT_FALSE(running.has_value());
  EXPECT_THAT(running.error().what, testing::HasSubstr("Read-only file system"));
  EXPECT_TRUE(fs::is_empty(runs()));
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
}

// A run that is killed with SIGKILL at moments spread over its start, its work and its end.
TEST_F(Remains, NothingAfterSigkillAtAnyMoment) {
  const std::vector<int> moments_ms{1, 3, 6, 10, 15, 20, 30, 45, 70, 150, 250, 400};
  for (const int moment : moments_ms) {
    const pid_t run = ::fork();
    if (run == 0) {
      auto running = testing_support::start(*backend_);
      if (running) {
        static_cast<void>(running->bottle->exec(
            Place::agent, {{"/bin/sh", "-c", "(setsid sh -c 'sleep 60' &) ; sleep 60"}, {}, {}}, {.timeout = 60s}));
      }
      ::_exit(running ? 0 : 9);
    }
    std::set<int> family{run};
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(moment);
    while (std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(1ms);
      family.merge(family_of(run));
    }
    family.merge(family_of(run));
    ::kill(run, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(run, &status, 0), run);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it had ended by itself: " << WEXITSTATUS(status);
    EXPECT_TRUE(all_gone(family)) << "killed after " << moment << " ms";
    // What it left are files, and cleanup finds them.
    const auto removed = backend_->cleanup();
    ASSERT_TRUE(removed.has_value()) << removed.error().what;
    EXPECT_TRUE(backend_->list_active().empty());
    EXPECT_TRUE(!fs::exists(runs()) || fs::is_empty(runs()));
  }
  EXPECT_EQ(text_of("/proc/self/mountinfo"), mounts_);
}

TEST_F(Remains, WardenThatIsKilledTakesTheBottleWithIt) {
  auto running = testing_support::start(*backend_);
  ASSERT_TRUE(running.has_value()) << running.error().what;
  const int warden = warden_in(runs());
  const auto family = family_of(warden);
  ASSERT_GE(family.size(), 5u);
  ::kill(warden, SIGKILL);
  const auto result = running->bottle->exec(Place::agent, {{"/bin/sleep", "20"}, {}, {}}, {.timeout = 15s});
  EXPECT_FALSE(result.has_value());
  EXPECT_TRUE(running->bottle->stop().has_value());
  EXPECT_TRUE(all_gone(family));
}

TEST_F(Remains, WardenThatHangsIsEndedByCleanup) {
  const pid_t run = ::fork();
  if (run == 0) {
    auto running = testing_support::start(*backend_);
    ::pause();
    ::_exit(9);
  }
  for (int i = 0; i < 500 && warden_in(runs()) == 0; ++i) std::this_thread::sleep_for(10ms);
  const int warden = warden_in(runs());
  ASSERT_GT(warden, 0);
  std::this_thread::sleep_for(100ms);
  auto family = family_of(warden);
  for (const int pid : family) ::kill(pid, SIGSTOP);  // nobody can act on the end of the socket
  ::kill(run, SIGKILL);
  ::waitpid(run, nullptr, 0);
  EXPECT_THAT(backend_->list_active(), testing::SizeIs(1));
  ASSERT_TRUE(backend_->cleanup().has_value());
  EXPECT_TRUE(all_gone(family));
  EXPECT_TRUE(fs::is_empty(runs()));
}

}  // namespace
}  // namespace bottle
