// The command backend with sandboxes that are none, or bad ones: what its host is, and what becomes of a sandbox that
// is not there, hangs, dies or does not clean up after itself.
#include <gmock/gmock.h>
#include <sys/wait.h>

#include <fstream>

#include "tests/backends/bottles.h"

namespace bottle {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing_support::find_backend;
using testing_support::Options;
using testing_support::Running;

class Sandboxes : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(::mkdtemp(temporary_.data()), nullptr);
    ::setenv("TMPDIR", temporary_.c_str(), 1);
    const std::string missing = testing_support::missing_here(*find_backend("namespaces"));
    if (!missing.empty() && testing_support::is_required("namespaces")) FAIL() << missing;
    if (!missing.empty()) GTEST_SKIP() << missing;
  }
  void TearDown() override {
    ::unsetenv("TMPDIR");
    fs::remove_all(temporary_);
  }
  // `more`: further lines; `exec` in TOML.
  std::unique_ptr<Backend> backend(const std::string& exec, const std::string& more = {},
                                   const std::string& program = "sh") const {
    const std::string file = temporary_ + "/fake.toml";
    std::ofstream(file) << "name = \"fake\"\ntitle = \"a fake\"\nclaims = [\"network\"]\nexec = " << exec << "\n"
                        << more << "\n[[program]]\nname = \"" << program << "\"\napt = \"the-" << program << "\"\n";
    auto made = find_backend("command");
    const auto configured = made->configure({{"sandbox", file}});
    if (!configured) throw std::runtime_error(configured.error().what);
    return made;
  }
  Bottle& start(Backend& backend, const Options& options = {}) {
    auto started = testing_support::start(backend, options);
    if (!started) throw std::runtime_error(started.error().what);
    running_.emplace(std::move(*started));
    return *running_->bottle;
  }
  std::string says(Place place, const std::string& script) {
    const auto result =
        running_->bottle->exec(place, {{"/bin/bash", "-c", script}, {{"PATH", "/usr/bin:/bin"}}, {}}, {});
    return result ? result->out + "(" + describe(result->ending) + ")" : result.error().what;
  }
  bool nothing_left() const {
    return fs::is_empty(fs::path(temporary_) / ("bottle-verify-" + std::to_string(::getuid()))) &&
           ::waitpid(-1, nullptr, WNOHANG) == -1;
  }
  std::string temporary_ = "/tmp/bottle-sandboxes-XXXXXX";
  std::optional<Running> running_;
};

TEST_F(Sandboxes, TheHostHasTheInternetAndNothingOfTheRunsOwn) {
  const auto none = backend("[\"env\"]");
  Bottle& bottle = start(*none, {.canaries = {"host-loopback=127.0.0.1"}});
  EXPECT_EQ(says(Place::host, "echo to-the-lab > /dev/tcp/203.0.113.9/80"), "(exit 0)");
  EXPECT_EQ(says(Place::host, "ls -A " + running_->directory.path().string() + " 2>/dev/null"), "(exit 2)");
  EXPECT_THAT(says(Place::host, "echo x > /usr/x || echo x > /etc/x || echo sealed"), HasSubstr("sealed"));
  EXPECT_THAT(says(Place::host, "cat /etc/resolv.conf"), HasSubstr("nameserver 198.51.100.53"));
  ASSERT_TRUE(bottle.lab().settle(50ms, 2s).has_value());
  const auto arrivals = bottle.lab().arrivals();
  ASSERT_TRUE(arrivals.has_value());
  EXPECT_THAT(arrivals->back().bytes, HasSubstr("to-the-lab"));
}

// Otherwise a host that has lost its road would look like walls.
TEST_F(Sandboxes, WithoutWallsIsTheSameHostWithTheSameRoad) {
  const auto apart = backend("[\"unshare\", \"-r\", \"-n\"]", "", "unshare");
  start(*apart);
  const std::string look = "readlink /proc/self/ns/net";
  EXPECT_EQ(says(Place::outside, look), says(Place::host, look));
  EXPECT_NE(says(Place::outside, look), says(Place::agent, look));
  EXPECT_NE(says(Place::outside, look), says(Place::bundle, look));
}

TEST_F(Sandboxes, OneThatSharesItsHostsNetworkReachesTheCanaries) {
  const auto none = backend("[\"env\"]");
  Bottle& bottle = start(*none, {.canaries = {"host-loopback=127.0.0.1"}});
  const std::string where = bottle.lab().canaries().at("host-loopback");
  EXPECT_EQ(says(Place::agent, "echo canary-word > /dev/tcp/127.0.0.1/" + where.substr(where.rfind(':') + 1)),
            "(exit 0)");
  ASSERT_TRUE(bottle.lab().settle(50ms, 2s).has_value());
  const auto arrivals = bottle.lab().arrivals();
  ASSERT_TRUE(arrivals.has_value());
  EXPECT_EQ(arrivals->back().sink, "canary:host-loopback");
  EXPECT_THAT(arrivals->back().bytes, HasSubstr("canary-word"));
}

TEST_F(Sandboxes, WhatTheUserHasInHisEnvironmentIsThereToBeInherited) {
  const fs::path held = fs::path(temporary_) / "held";
  std::ofstream(held) << "held open\n";
  const Options options{.host = {.environment = {{"OF_THE_HOST", "yes"}}, .handed_down = held}};
  const auto careless = backend("[\"env\"]");
  start(*careless, options);
  EXPECT_EQ(says(Place::agent, "echo $OF_THE_HOST; cat <&3"), "yes\nheld open\n(exit 0)");
  running_.reset();
  const auto careful = backend("[\"env\", \"-i\", \"{environment}\"]", "environment = [\"{variable}={value}\"]");
  start(*careful, options);
  EXPECT_EQ(says(Place::agent, "echo $OF_THE_HOST"), "\n(exit 0)");
}

TEST_F(Sandboxes, AUserWhoIsRootIsRootOfHisHostOnly) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a sandbox a root";
  const auto rootly = backend("[\"env\"]", "user = \"root\"");
  start(*rootly);
  EXPECT_EQ(says(Place::agent, "id -u; mount -t tmpfs x /run/bottle && echo mounted"), "0\nmounted\n(exit 0)");
  EXPECT_THAT(says(Place::agent, "echo x > /etc/x || echo sealed"), HasSubstr("sealed"));
}

TEST_F(Sandboxes, AProgramThatIsMissingIsNamedWithItsPackage) {
  const auto missing = backend("[\"no-such-sandbox\"]", "", "no-such-sandbox");
  const std::string what = testing_support::missing_here(*missing);
  EXPECT_THAT(what, HasSubstr("no-such-sandbox: not in PATH"));
  EXPECT_THAT(what, HasSubstr("the-no-such-sandbox"));
}

TEST_F(Sandboxes, OneThatHangsAtCreateIsATimeout) {
  const auto hung = backend("[\"env\"]", "create = [\"sleep\", \"60\"]\nstart-limit-ms = 200");
  const auto began = std::chrono::steady_clock::now();
  const auto started = testing_support::start(*hung);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 20s);
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().fault, Fault::timeout);
  EXPECT_THAT(started.error().what, HasSubstr("its create did not end in 200 ms"));
  EXPECT_TRUE(nothing_left());
}

TEST_F(Sandboxes, OneThatDoesNotStartSaysWhy) {
  const auto broken = backend(R"(["sh", "-c", "echo no such luck >&2; exit 7"])");
  const auto started = testing_support::start(*broken);
  ASSERT_FALSE(started.has_value());
  EXPECT_THAT(started.error().what, HasSubstr("fake cannot run a command here: exit 7: no such luck"));
  EXPECT_TRUE(nothing_left());
}

TEST_F(Sandboxes, OneThatDiesInTheMiddleIsNoError) {
  const auto mortal = backend(R"(["sh", "-c", "[ -e {work}/dead ] && exit 9; exec \"$@\"", "sh"])");
  Bottle& bottle = start(*mortal);
  EXPECT_EQ(says(Place::agent, "echo alive; touch /tmp/dead"), "alive\n(exit 0)");
  EXPECT_EQ(says(Place::agent, "echo alive"), "(exit 9)");
  EXPECT_TRUE(bottle.stop().has_value());
}

TEST_F(Sandboxes, WhatIsStillListedAfterItWasDeletedIsTold) {
  const std::string keeping =
      "create = [\"sh\", \"-c\", \"echo {name} >> {work}/list\"]\ndelete = [\"true\"]\nlist = [\"cat\", "
      "\"{work}/list\"]";
  const auto careless = backend("[\"env\"]", keeping);
  const auto stopped = start(*careless).stop();
  ASSERT_FALSE(stopped.has_value());
  EXPECT_THAT(stopped.error().what, HasSubstr("still lists " + running_->plan.spec.slug));
  running_.reset();
  const std::string clean =
      "create = [\"sh\", \"-c\", \"echo {name} >> {work}/list\"]\n"
      "delete = [\"rm\", \"{work}/list\"]\nlist = [\"ls\", \"{work}\"]";
  EXPECT_TRUE(start(*backend("[\"env\"]", clean)).stop().has_value());
  running_.reset();
  EXPECT_TRUE(nothing_left());
}

TEST_F(Sandboxes, FilesComeInByItsOwnCommandWhereItHasOne) {
  const auto own = backend("[\"env\"]",
                           "put = [\"sh\", \"-c\", \"cat > {work}/$1 && chmod $2 {work}/$1\", \"sh\", "
                           "\"{mode}\", \"{mode}\"]");
  Bottle& bottle = start(*own);
  ASSERT_TRUE(bottle.put_file({"/anywhere", "bytes", 0640}).has_value());
  EXPECT_EQ(says(Place::agent, "cat /tmp/0640; stat -c %a /tmp/0640"), "bytes640\n(exit 0)");
}

TEST_F(Sandboxes, WhatItCannotDoIsSaid) {
  const auto none = backend("[\"env\"]");
  Bottle& bottle = start(*none);
  for (const Place place : {Place::agent_network, Place::agent_walls}) {
    const auto result = bottle.exec(place, {{"true"}, {}, {}}, {});
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().fault, Fault::unsupported);
  }
  EXPECT_EQ(none->prepare({.slug = "x", .run_directory = "/x", .wrongs = {"no-network"}}).error().fault,
            Fault::unsupported);
  EXPECT_EQ(none->configure({{"sandbx", "x"}}).error().fault, Fault::usage);
}

}  // namespace
}  // namespace bottle
