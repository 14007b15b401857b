// run_process() and Process against real programs: the endings, the pipes and what a child must not get.
#include "harness/process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <thread>

#include "harness/streams.h"

namespace bottle {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

Command shell(const std::string& script) { return {{"/bin/sh", "-c", script}, {{"PATH", "/usr/bin:/bin"}}, {}}; }

ExecResult run(const Command& command, const ExecLimits& limits = {}) {
  auto result = run_process(command, limits);
  EXPECT_TRUE(result.has_value()) << result.error().what;
  return result ? *result : ExecResult{};
}

std::string ending(const std::string& script) { return describe(run(shell(script)).ending); }

TEST(RunProcess, KeepsExitSignalAndTimeoutApart) {
  EXPECT_EQ(ending("exit 0"), "exit 0");
  EXPECT_EQ(ending("exit 137"), "exit 137");
  EXPECT_EQ(ending("kill -9 $$"), "signal 9");
  const auto late = run(shell("sleep 30"), {.timeout = 100ms});
  EXPECT_EQ(describe(late.ending), "timed out");
  EXPECT_GE(late.wall, 100ms);
  EXPECT_LT(late.wall, 5s);
}

TEST(RunProcess, ChildThatHasEndedIsSeenAtOnce) { EXPECT_LT(run(shell("exit 0"), {.timeout = 20s}).wall, 5s); }

TEST(RunProcess, MissingProgramIsAnErrorAndNotAnExitCode) {
  const auto by_path = run_process({{"/nowhere/program"}}, {});
  ASSERT_FALSE(by_path.has_value());
  EXPECT_EQ(by_path.error().fault, Fault::unavailable);
  const auto by_name = run_process({{"no-such-program-here"}}, {});
  ASSERT_FALSE(by_name.has_value());
  EXPECT_EQ(by_name.error().fault, Fault::unavailable);
  EXPECT_FALSE(run_process({{"/etc/passwd"}}, {}).has_value());
  EXPECT_EQ(run_process({}, {}).error().fault, Fault::usage);
}

TEST(RunProcess, EnvironmentIsExactlyWhatWasGiven) {
  EXPECT_EQ(run({{"/usr/bin/env"}, {{"ONE", "1"}, {"TWO", "a b"}}, {}}).out, "ONE=1\nTWO=a b\n");
  EXPECT_THAT(run({{"/usr/bin/env"}}).out, IsEmpty());
}

TEST(RunProcess, ArgumentsArriveAsTheyAre) {
  EXPECT_EQ(run({{"printf", "%s|", "a b", "", "$HOME", "'"}}).out, "a b||$HOME|'|");
}

TEST(RunProcess, BothOutputsOfAChattyChildAreDrainedTogether) {
  const auto result =
      run(shell("head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2"));
  EXPECT_TRUE(succeeded(result));
  EXPECT_EQ(result.out.size(), 300000u);
  EXPECT_EQ(result.err.size(), 600000u);
  EXPECT_FALSE(result.truncated);
}

TEST(RunProcess, BeyondTheCapOutputIsDroppedAndTheChildGoesOn) {
  const auto result = run(shell("head -c 5000000 /dev/zero; echo done >&2"), {.output_bytes = 1000});
  EXPECT_TRUE(succeeded(result));
  EXPECT_EQ(result.out.size(), 1000u);
  EXPECT_EQ(result.err, "done\n");
  EXPECT_TRUE(result.truncated);
}

TEST(RunProcess, InputOfAnySizeAndAnyByteIsPassed) {
  std::string bytes(1'000'003, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31);
  const auto result = run({{"/bin/cat"}, {}, bytes});
  EXPECT_TRUE(result.out == bytes);
  EXPECT_THAT(run({{"/bin/cat"}}).out, IsEmpty());
}

TEST(RunProcess, ChildThatDoesNotReadItsInputDoesNotEndUs) {
  EXPECT_TRUE(succeeded(run({{"/bin/true"}, {}, std::string(2'000'000, 'x')})));
  sigset_t pending;
  ::sigpending(&pending);
  EXPECT_EQ(::sigismember(&pending, SIGPIPE), 0);
}

TEST(RunProcess, NothingAboveStderrIsInherited) {
  std::vector<Fd> leaky;  // without close-on-exec, with gaps
  for (int i = 0; i < 6; ++i) leaky.emplace_back(::open("/dev/null", O_RDONLY));
  leaky.erase(leaky.begin() + 2);
  // ls has the directory itself open as 3.
  EXPECT_EQ(run({{"/bin/ls", "/proc/self/fd"}}).out, "0\n1\n2\n3\n");
}

TEST(RunProcess, SignalsAreAsInAFreshProcess) {
  sigset_t blocked, before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto previous = ::signal(SIGPIPE, SIG_IGN);
  const auto result = run({{"/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"}});
  ::signal(SIGPIPE, previous);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  // 32 and 33 are libc's own: glibc's posix_spawn leaves them ignored, and who needs them takes them.
  const std::string blocks_none = "SigBlk:\t0000000000000000\n";
  EXPECT_THAT(result.out,
              testing::AnyOf(blocks_none + "SigIgn:\t0000000000000000\n", blocks_none + "SigIgn:\t0000000180000000\n"));
}

TEST(RunProcess, BackgroundGrandchildDoesNotOutliveTheChild) {
  const auto result = run(shell("sleep 30 & echo $!"));
  EXPECT_LT(result.wall, 5s);
  const int grandchild = std::stoi(result.out);
  for (int i = 0; i < 200 && ::kill(grandchild, 0) == 0; ++i) std::this_thread::sleep_for(10ms);
  // Where nobody reaps orphans it stays as a zombie; a zombie does not sleep.
  const auto state = run({{"/bin/sh", "-c", "cat /proc/" + std::to_string(grandchild) + "/stat || echo gone"}}).out;
  EXPECT_TRUE(state == "gone\n" || state.find(") Z ") != std::string::npos) << state;
}

TEST(RunProcess, TimeoutKillsTheWholeGroup) {
  const auto result = run(shell("sleep 30 & echo $!; wait"), {.timeout = 200ms});
  EXPECT_EQ(describe(result.ending), "timed out");
  const auto state = run(shell("cat /proc/" + std::to_string(std::stoi(result.out)) + "/stat || echo gone")).out;
  EXPECT_TRUE(state == "gone\n" || state.find(") Z ") != std::string::npos) << state;
}

TEST(RunProcess, GrandchildInASessionOfItsOwnThatHoldsThePipesDoesNotHoldUs) {
  const auto start = std::chrono::steady_clock::now();
  const auto result = run(shell("setsid sleep 3 & echo said; sleep 0.2"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2500ms);
  EXPECT_EQ(result.out, "said\n");
}

TEST(RunProcess, ManyThreadsAtOnce) {
  std::vector<std::thread> threads;
  std::array<std::string, 16> said;
  for (std::size_t i = 0; i < said.size(); ++i) {
    threads.emplace_back([&said, i] {
      for (int round = 0; round < 5; ++round)
        said[i] += run({{"/bin/ls", "/proc/self/fd"}}).out == "0\n1\n2\n3\n" ? "y" : "n";
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(said, testing::Each("yyyyy"));
}

TEST(Process, TalksOverItsPipes) {
  auto process = Process::start({{"/bin/cat"}}, {});
  ASSERT_TRUE(process.has_value()) << process.error().what;
  ASSERT_EQ(::write(process->input().get(), "ping", 4), 4);
  std::array<char, 8> answer{};
  ASSERT_EQ(::read(process->output().get(), answer.data(), answer.size()), 4);
  EXPECT_FALSE(process->wait(0ms).has_value());
  process->input().reset();
  const auto ended = process->wait(5s);
  ASSERT_TRUE(ended.has_value());
  EXPECT_EQ(describe(*ended), "exit 0");
  EXPECT_EQ(describe(*process->wait(0ms)), "exit 0");
}

std::string read_all(const Fd& fd) {
  std::string text;
  std::array<char, 256> buffer{};
  for (ssize_t got = 0; (got = ::read(fd.get(), buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

TEST(Process, KeepsExactlyTheGivenDescriptorsAtTheGivenNumbers) {
  auto pipe = Pipe::make();
  ASSERT_TRUE(pipe.has_value());
  Process::Options options;
  options.inherit = {{3, pipe->write.get()}, {7, pipe->write.get()}};
  auto writer = Process::start(shell("echo three >&3; echo seven >&7"), options);
  auto lister = Process::start({{"/bin/ls", "/proc/self/fd"}}, options);
  ASSERT_TRUE(writer.has_value() && lister.has_value());
  EXPECT_EQ(read_all(lister->output()), "0\n1\n2\n3\n4\n7\n");  // 4: the directory that ls has open
  ASSERT_TRUE(writer->wait(5s).has_value());
  pipe->write.reset();
  EXPECT_EQ(read_all(pipe->read), "three\nseven\n");
}

TEST(Process, DescriptorThreeReachesAMissingProgramAsAnError) {
  auto pipe = Pipe::make();
  ASSERT_TRUE(pipe.has_value());
  Process::Options options;
  options.inherit = {{3, pipe->write.get()}};
  const auto process = Process::start({{"/nowhere/program"}}, options);
  ASSERT_FALSE(process.has_value());
  EXPECT_EQ(process.error().fault, Fault::unavailable);
}

TEST(Process, DestructorEndsAndReapsIt) {
  int pid = 0;
  {
    auto process = Process::start(shell("trap '' TERM; sleep 30"), {});
    ASSERT_TRUE(process.has_value());
    pid = process->pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_EQ(::waitpid(pid, nullptr, WNOHANG), -1);
}

TEST(Process, StderrGoesWhereItWasSent) {
  auto pipe = Pipe::make();
  ASSERT_TRUE(pipe.has_value());
  Process::Options options;
  options.stderr_to = pipe->write.get();
  auto process = Process::start(shell("echo words >&2"), options);
  ASSERT_TRUE(process.has_value());
  std::array<char, 16> words{};
  EXPECT_EQ(::read(pipe->read.get(), words.data(), words.size()), 6);
}

TEST(FindProgram, LooksInPathAndInSbin) {
  EXPECT_THAT(find_program("sh"), HasSubstr("/sh"));
  EXPECT_THAT(find_program("no-such-program-here"), IsEmpty());
  EXPECT_THAT(find_program("/usr"), IsEmpty());  // a directory
}

}  // namespace
}  // namespace bottle
