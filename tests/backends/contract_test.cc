// The contract that every backend must keep, run for every backend that this machine has.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "tests/backends/bottles.h"

namespace bottle {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing_support::Options;
using testing_support::Running;

class Contract : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    std::string unwanted;
    backend_ = testing_support::backend_of(GetParam(), unwanted);
    if (!unwanted.empty()) GTEST_SKIP() << unwanted;
    ASSERT_NE(backend_, nullptr);
    const std::string missing = testing_support::missing_here(*backend_);
    if (missing.empty()) return;
    if (is_wanted()) FAIL() << "BOTTLE_REQUIRE names it, but: " << missing;
    GTEST_SKIP() << missing;
  }
  // What is played is asked for by its backend's name, and never by accident.
  static bool is_wanted() {
    return testing_support::is_required(GetParam()) || GetParam().find(testing_support::kAsPlayed) != std::string::npos;
  }
  // Fails the test when there is no bottle.
  Bottle& start(const Options& options = {}) {
    auto started = testing_support::start(*backend_, options);
    if (!started) throw std::runtime_error(started.error().what);
    running_.emplace(std::move(*started));
    return *running_->bottle;
  }
  ExecResult in_agent(const Command& command, const ExecLimits& limits = {}) {
    auto result = running_->bottle->exec(Place::agent, command, limits);
    if (!result) throw std::runtime_error(result.error().what);
    return *result;
  }
  ExecResult shell(const std::string& script, const ExecLimits& limits = {}) {
    return in_agent({{"/bin/sh", "-c", script}, {}, {}}, limits);
  }

  std::unique_ptr<Backend> backend_;
  std::optional<Running> running_;
};

TEST_P(Contract, PreparesWithoutMakingAnything) {
  const auto plan = backend_->prepare({"dry", "/nowhere", {}, {}});
  ASSERT_TRUE(plan.has_value()) << plan.error().what;
  EXPECT_FALSE(plan->addresses.bundle.empty());
  EXPECT_FALSE(plan->steps.empty());
  EXPECT_FALSE(std::filesystem::exists("/nowhere"));
}

TEST_P(Contract, StartsAndTellsItsPhases) {
  start();
  std::int64_t before = 0;
  for (const auto& phase : running_->phases) {
    EXPECT_FALSE(phase.name.empty());
    EXPECT_GE(phase.start_ns, before) << phase.name;
    EXPECT_GT(phase.took_ns, 0) << phase.name;
    before = phase.start_ns;
  }
  EXPECT_GE(running_->phases.size(), 3u);
}

TEST_P(Contract, EndingsAreKeptApart) {
  start();
  EXPECT_EQ(describe(shell("exit 0").ending), "exit 0");
  EXPECT_EQ(describe(shell("exit 130").ending), "exit 130");
  // Where somebody else's program is in between, a signal comes back as he tells it: by the shells' convention.
  EXPECT_THAT(describe(shell("kill -9 $$").ending), testing::AnyOf("signal 9", "exit 137"));
  const auto late = shell("echo begun; sleep 30", {.timeout = 200ms});
  EXPECT_EQ(describe(late.ending), "timed out");
  EXPECT_EQ(late.out, "begun\n");
  EXPECT_GE(late.wall, 200ms);
  EXPECT_LT(late.wall, 3s);
  EXPECT_EQ(describe(shell("exit 3").ending), "exit 3");  // the bottle has survived that
}

TEST_P(Contract, MissingProgramIsAnError) {
  Bottle& bottle = start();
  for (const Place place : {Place::agent, Place::outside, Place::bundle, Place::host}) {
    for (const char* program : {"/nowhere/program", "no-such-program"}) {
      const auto result = bottle.exec(place, {{program}, {}, {}}, {});
      // What somebody else's program looks up in the agent's place ends as he ends it, but not well.
      if (place == Place::agent && result.has_value()) {
        EXPECT_FALSE(succeeded(*result)) << program;
        continue;
      }
      ASSERT_FALSE(result.has_value()) << program;
      EXPECT_EQ(result.error().fault, Fault::unavailable) << result.error().what;
    }
  }
}

TEST_P(Contract, InputAndOutputAreBytes) {
  start();
  std::string bytes(300'007, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7);
  const auto result = in_agent({{"cat"}, {}, bytes});
  EXPECT_TRUE(succeeded(result));
  EXPECT_TRUE(result.out == bytes);
  EXPECT_FALSE(result.truncated);
}

TEST_P(Contract, ArgumentsMayBeAnyBytes) {
  start();
  const std::string odd = "a b\xff\xfe'\"$x\n";
  EXPECT_EQ(in_agent({{"printf", "%s", odd}, {}, {}}).out, odd);
}

TEST_P(Contract, OutputBeyondTheCapIsDropped) {
  start();
  const auto result = shell("head -c 3000000 /dev/zero; echo end >&2", {.output_bytes = 5000});
  EXPECT_TRUE(succeeded(result));
  EXPECT_EQ(result.out.size(), 5000u);
  EXPECT_EQ(result.err, "end\n");
  EXPECT_TRUE(result.truncated);
}

TEST_P(Contract, EnvironmentIsTheAgentsWithTheCommandsOverIt) {
  start({.environment = {{"PATH", "/usr/bin:/bin"}, {"ONE", "agent"}, {"TWO", "agent"}}});
  const std::string seen = "\n" + in_agent({{"env"}, {{"TWO", "command"}}, {}}).out;
  for (const char* line : {"\nONE=agent\n", "\nPATH=/usr/bin:/bin\n", "\nTWO=command\n"})
    EXPECT_THAT(seen, HasSubstr(line));
  EXPECT_THAT(seen, testing::Not(HasSubstr("TWO=agent")));
  EXPECT_THAT(seen, testing::Not(HasSubstr("BOTTLE_REQUIRE"))) << "the harness's own";
}

TEST_P(Contract, ElsewhereTheEnvironmentIsTheCommandsAlone) {
  Bottle& bottle = start();
  for (const Place place : {Place::outside, Place::bundle, Place::host}) {
    const auto result = bottle.exec(place, {{"/usr/bin/env"}, {{"ONE", "1"}}, {}}, {});
    ASSERT_TRUE(result.has_value()) << result.error().what;
    EXPECT_EQ(result->out, "ONE=1\n");
  }
}

TEST_P(Contract, FilesArriveWithTheirBytesAndModes) {
  std::string bytes(200'000, 'x');
  bytes[1000] = '\0';
  Bottle& bottle = start({.files = {{"/run/bottle/early", bytes, 0644}}});
  EXPECT_EQ(in_agent({{"sha256sum", "/run/bottle/early"}, {}, {}}).out.substr(0, 64), sha256_hex(bytes));
  EXPECT_EQ(shell("stat -c %a /run/bottle/early").out, "644\n");
  const auto put = bottle.put_file({"/run/bottle/deep/er/script", "#!/bin/sh\necho ran\n", 0755});
  ASSERT_TRUE(put.has_value()) << put.error().what;
  EXPECT_EQ(in_agent({{"/run/bottle/deep/er/script"}, {}, {}}).out, "ran\n");
  ASSERT_TRUE(bottle.put_file({"/run/bottle/early", "second", 0644}).has_value());
  EXPECT_EQ(shell("cat /run/bottle/early").out, "second");
  EXPECT_FALSE(bottle.put_file({"relative", "x", 0644}).has_value());
}

TEST_P(Contract, FileIsNotWrittenThroughALinkOfTheAgent) {
  Bottle& bottle = start();
  ASSERT_TRUE(succeeded(
      shell("mkdir /tmp/real && ln -s /tmp/real /tmp/link && echo old > /tmp/target && ln -s /tmp/target /tmp/file")));
  EXPECT_FALSE(bottle.put_file({"/tmp/link/x", "x", 0644}).has_value());
  EXPECT_TRUE(bottle.put_file({"/tmp/file", "new", 0644}).has_value());
  EXPECT_EQ(shell("cat /tmp/target /tmp/file").out, "old\nnew");
}

TEST_P(Contract, ManyExecsAtOnceDoNotMix) {
  Bottle& bottle = start();
  std::vector<std::thread> threads;
  std::vector<std::string> said(12);
  for (std::size_t i = 0; i < said.size(); ++i) {
    threads.emplace_back([&, i] {
      const Place place = i % 3 == 0 ? Place::outside : i % 3 == 1 ? Place::bundle : Place::agent;
      const std::string word = std::to_string(i);
      for (int round = 0; round < 5; ++round) {
        const auto result = bottle.exec(place, {{"/bin/sh", "-c", "cat; exit $1", "sh", word}, {}, word}, {});
        said[i] += result ? result->out + ":" + describe(result->ending) + " " : result.error().what;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 0; i < said.size(); ++i) {
    const std::string once = std::to_string(i) + ":exit " + std::to_string(i) + " ";
    EXPECT_EQ(said[i], once + once + once + once + once);
  }
}

TEST_P(Contract, AfterATimeoutNothingOfTheAgentRuns) {
  start();
  const auto late = shell("(setsid sh -c 'sleep 31 & sleep 31' &) ; sleep 30", {.timeout = 300ms});
  EXPECT_EQ(describe(late.ending), "timed out");
  EXPECT_EQ(shell("grep -l '^sleep' /proc/[0-9]*/cmdline").out, "");
}

TEST_P(Contract, BundleIsAwaitedByItsListeningSockets) {
  const auto began = std::chrono::steady_clock::now();
  Bottle& bottle = start({.ports = {8888, 9418}, .awaited = {8888, 9418, 9100}, .bundle_timeout = 400ms});
  EXPECT_GE(std::chrono::steady_clock::now() - began, 400ms);  // for 9100
  EXPECT_TRUE(bottle.listening(8888));
  EXPECT_TRUE(bottle.listening(9418));
  EXPECT_FALSE(bottle.listening(9100));
}

TEST_P(Contract, BundleThatEndsIsNotWaitedFor) {
  const auto began = std::chrono::steady_clock::now();
  Bottle& bottle = start({.ports = {0}, .bundle_timeout = 20s});
  EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
  EXPECT_FALSE(bottle.listening(8888));
}

TEST_P(Contract, BundleIsAskedToEndBeforeItIsKilled) {
  Bottle& bottle = start();
  const auto stopped = bottle.stop();
  ASSERT_TRUE(stopped.has_value()) << stopped.error().what;
  std::ifstream log(running_->directory.path() / "bundle.log");
  std::string said;
  std::getline(log, said);
  EXPECT_EQ(said, "bye");
  EXPECT_TRUE(bottle.stop().has_value());  // idempotent
  EXPECT_FALSE(bottle.exec(Place::agent, {{"true"}, {}, {}}, {}).has_value());
}

// Where a backend has it: behind the agent's walls, with nothing of the agent's.
TEST_P(Contract, TheAgentsNetworkIsTheAgentsAndItsFilesAreNot) {
  Bottle& bottle = start();
  const auto in_network = [&](const std::string& script) {
    return bottle.exec(Place::agent_network, {{"/bin/bash", "-c", script}, {{"PATH", "/usr/bin:/bin"}}, {}}, {});
  };
  const auto seen = in_network("readlink /proc/self/ns/net; test -e /run/bottle/bottle-prober || echo none");
  if (!seen && seen.error().fault == Fault::unsupported) GTEST_SKIP() << "this backend has no such place";
  ASSERT_TRUE(seen.has_value()) << seen.error().what;
  const std::string network = in_agent({{"readlink", "/proc/self/ns/net"}, {}, {}}).out;
  EXPECT_EQ(seen->out, network + "none\n");
  EXPECT_FALSE(succeeded(*in_network("echo x > /dev/tcp/203.0.113.9/80")));
}

// Where a backend has it: all that the agent has, but for the program and the sight of its processes.
TEST_P(Contract, BehindTheAgentsWallsIsAllThatTheAgentHas) {
  Bottle& bottle = start({.environment = {{"PATH", "/usr/bin:/bin"}, {"OF_THE_AGENT", "yes"}}});
  const auto behind = [&](const std::string& script) {
    return bottle.exec(Place::agent_walls, {{"/bin/bash", "-c", script}, {}, {}}, {});
  };
  const std::string looks = "echo $OF_THE_AGENT; ls /home /root; id -u; hostname; cat /etc/resolv.conf; pwd";
  const auto seen = behind(looks);
  if (!seen && seen.error().fault == Fault::unsupported) GTEST_SKIP() << "this backend has no such place";
  ASSERT_TRUE(seen.has_value()) << seen.error().what;
  EXPECT_EQ(seen->out, in_agent({{"/bin/bash", "-c", looks}, {}, {}}).out);
  EXPECT_FALSE(succeeded(*behind("echo x > /dev/tcp/203.0.113.9/80")));
  EXPECT_FALSE(succeeded(*behind("echo x > /usr/x")));
  const auto touchable = behind("if [ -O /proc/$$/environ ]; then echo touchable; else echo safe; fi");
  EXPECT_EQ(touchable->out, "safe\n") << "the agent's processes do not see it, or cannot look into it";
}

TEST_P(Contract, TheLabHearsTheBundlesLastWords) {
  Bottle& bottle = start();
  ASSERT_TRUE(bottle.end_bundle().has_value());
  EXPECT_TRUE(bottle.end_bundle().has_value());  // idempotent
  ASSERT_TRUE(bottle.lab().settle(50ms, 2s).has_value());
  const auto arrivals = bottle.lab().arrivals();
  ASSERT_TRUE(arrivals.has_value()) << arrivals.error().what;
  // A backend may have tried its own road to the lab before.
  const auto is_last_word = [](const Arrival& arrival) { return arrival.bytes == "bye"; };
  EXPECT_EQ(std::count_if(arrivals->begin(), arrivals->end(), is_last_word), 1);
}

TEST_P(Contract, ABundleThatIsDeadAlreadyHasEnded) {
  Bottle& bottle = start({.ports = {0}});
  EXPECT_TRUE(bottle.end_bundle().has_value());
}

TEST_P(Contract, LabHearsWhatArrivesAndItsCanaries) {
  Bottle& bottle = start({.canaries = {"host-loopback=127.0.0.1"}});
  EXPECT_THAT(bottle.lab().ca_pem(), HasSubstr("BEGIN CERTIFICATE"));
  ASSERT_EQ(bottle.lab().canaries().count("host-loopback"), 1u);
  const std::string where = bottle.lab().canaries().at("host-loopback");
  const std::string port = where.substr(where.rfind(':') + 1);
  // The host itself reaches the canary, the agent does not.
  const std::string dial = "echo canary-word > /dev/tcp/127.0.0.1/" + port;
  ASSERT_TRUE(succeeded(*bottle.exec(Place::host, {{"/bin/bash", "-c", dial}, {}, {}}, {})));
  EXPECT_FALSE(succeeded(in_agent({{"/bin/bash", "-c", dial}, {}, {}})));
  ASSERT_TRUE(bottle.lab().settle(50ms, 2s).has_value());
  const auto arrivals = bottle.lab().arrivals();
  ASSERT_TRUE(arrivals.has_value()) << arrivals.error().what;
  int words = 0;
  for (const auto& arrival : *arrivals) {
    if (arrival.sink == "canary:host-loopback" && arrival.bytes.find("canary-word") != std::string::npos) ++words;
  }
  EXPECT_EQ(words, 1);
}

INSTANTIATE_TEST_SUITE_P(Backends, Contract, testing::ValuesIn(testing_support::subjects()),
                         [](const auto& parameter) { return parameter.param; });

}  // namespace
}  // namespace bottle
