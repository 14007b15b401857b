// What of the host's files and processes a bottle of namespaces lets in: nothing, and with a wrong just what that
// names.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/backends/bottles.h"

namespace bottle {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class HostSideOfABottle : public testing::Test {
 protected:
  void SetUp() override {
    backend_ = testing_support::find_backend("namespaces");
    const std::string missing = testing_support::missing_here(*backend_);
    if (!missing.empty() && testing_support::is_required("namespaces"))
      FAIL() << "BOTTLE_REQUIRE names it: " << missing;
    if (!missing.empty()) GTEST_SKIP() << missing;
    auto made = RunDirectory::make(testing_support::fresh_slug());
    ASSERT_TRUE(made) << made.error().what;
    of_the_host_.emplace(std::move(*made));
    host_.directory = of_the_host_->path() / "canary";
    std::filesystem::create_directories(host_.directory);
    std::filesystem::permissions(host_.directory, std::filesystem::perms::all);
    host_.handed_down = of_the_host_->path() / "open";
    std::ofstream(host_.handed_down) << "a word of the host";
    host_.environment = {{"OF_THE_HOST", "a value of the host"}};
  }
  // In one bottle with these wrongs: the agent's place and the one behind its walls see the same.
  void start(const std::vector<std::string>& wrongs) {
    auto started =
        testing_support::start(*backend_, {.wrongs = wrongs, .canaries = {"host-abstract=" + socket_}, .host = host_});
    ASSERT_TRUE(started) << started.error().what;
    running_.emplace(std::move(*started));
  }
  std::string in(Place place, const std::string& script) {
    const auto result = running_->bottle->exec(
        place, {{"/bin/bash", "-c", script}, {{"PATH", "/usr/bin:/bin"}, {"LC_ALL", "C"}}, {}}, {.timeout = 10s});
    return result ? result->out + result->err : result.error().what;
  }
  std::string seen(const std::string& script) {
    const std::string by_agent = in(Place::agent, script);
    EXPECT_EQ(in(Place::agent_walls, script), by_agent);
    return by_agent;
  }
  std::string dial(const std::string& name) {
    return in(Place::agent, "python3 -c 'import socket; s = socket.socket(socket.AF_UNIX); s.connect(\"\\0" +
                                name.substr(1) + "\"); s.send(b\"a-word\"); print(s.recv(9))'");
  }
  int arrivals_at(const std::string& sink) {
    static_cast<void>(running_->bottle->lab().settle(50ms, 2s));
    const auto all = running_->bottle->lab().arrivals();
    if (!all) return -1;
    return static_cast<int>(std::count_if(all->begin(), all->end(), [&](const Arrival& a) { return a.sink == sink; }));
  }
  std::string write_file() { return "echo x > " + (host_.directory / "written").string() + " && echo done"; }

  const std::string socket_ = "@" + testing_support::fresh_slug();
  std::unique_ptr<Backend> backend_;
  std::optional<RunDirectory> of_the_host_;
  HostSide host_;
  std::optional<testing_support::Running> running_;
};

TEST_F(HostSideOfABottle, ASoundBottleLetsNothingIn) {
  start({});
  EXPECT_THAT(seen(write_file()), HasSubstr("No such file"));
  EXPECT_EQ(seen("echo $OF_THE_HOST"), "\n");
  EXPECT_THAT(seen("cat <&3"), HasSubstr("Bad file descriptor"));
  EXPECT_THAT(dial(socket_), HasSubstr("Connection refused"));
  EXPECT_EQ(arrivals_at("canary:host-abstract"), 0);
}

TEST_F(HostSideOfABottle, TheEchoAnswersToAnAbstractNameInTheAgentsNetwork) {
  start({});
  EXPECT_EQ(dial("@" + running_->directory.path().filename().string() + "-echo"), "b'a-word'\n");
  EXPECT_EQ(arrivals_at("echo"), 1);
}

TEST_F(HostSideOfABottle, AnAbstractSocketIsShared) {
  start({"abstract-socket"});
  EXPECT_EQ(dial(socket_), "b'a-word'\n");
  EXPECT_EQ(arrivals_at("canary:host-abstract"), 1);
}

TEST_F(HostSideOfABottle, ADirectoryIsMountedAndWritable) {
  start({"mount canary"});
  EXPECT_EQ(seen(write_file()), "done\n");
  EXPECT_TRUE(std::filesystem::exists(host_.directory / "written"));
  EXPECT_THAT(seen("ls " + of_the_host_->path().string()), Not(HasSubstr("open"))) << "its neighbours are not";
}

TEST_F(HostSideOfABottle, AVariableIsInherited) {
  start({"environment"});
  EXPECT_EQ(seen("echo $OF_THE_HOST"), "a value of the host\n");
}

TEST_F(HostSideOfABottle, AnOpenFileIsInherited) {
  start({"descriptor"});
  EXPECT_EQ(in(Place::agent, "cat <&3"), "a word of the host");
  EXPECT_THAT(in(Place::outside, "cat <&3"), HasSubstr("Bad file descriptor"));
}

TEST_F(HostSideOfABottle, BehindTheWallsAnOpenFileIsInheritedToo) {
  start({"descriptor"});
  EXPECT_EQ(in(Place::agent_walls, "cat <&3"), "a word of the host");
}

}  // namespace
}  // namespace bottle
