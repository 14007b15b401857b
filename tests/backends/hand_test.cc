// bottle-hand's errands, with the program as it is: no engine is needed for them. Each as the user who tests and, where
// that is root, as an ordinary one.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/backends/hand.h"

namespace bottle::docker {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

struct User {
  std::string name = {};
  std::vector<std::string> around = {};

  friend void PrintTo(const User& user, std::ostream* out) { *out << user.name; }
};

std::vector<User> users() {
  std::vector<User> all{{"AsIAm", {}}};
  if (::geteuid() == 0)
    all.push_back({"AsNobody", {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"}});
  return all;
}

class Hand : public testing::TestWithParam<User> {
 protected:
  Result<ExecResult> attempt(const HandTry& what) { return run_hand(program_, GetParam().around, what); }
  ExecResult run(const HandTry& what) {
    auto result = attempt(what);
    EXPECT_TRUE(result.has_value()) << result.error().what;
    return result ? *result : ExecResult{};
  }
  ExecResult shell(const std::string& script, const ExecLimits& limits = {}) {
    return run({.command = {{"/bin/sh", "-c", script}, {{"PATH", "/usr/bin:/bin"}}, {}}, .limits = limits});
  }
  std::string in_folder(const std::string& name) const { return (program_.folder() / name).string(); }

  HandProgram program_;
};

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool ends_soon(int pid) {
  for (int i = 0; i < 500; ++i) {
    const std::string status = bytes_of("/proc/" + std::to_string(pid) + "/status");
    if (status.empty() || status.find("State:\tZ") != std::string::npos) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

bool is_alive(int pid) { return pid > 1 && ::kill(pid, 0) == 0; }

TEST_P(Hand, BytesPassThroughUnchanged) {
  std::string bytes(300'007, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7);
  const auto result = run({.command = {{"cat"}, {}, bytes}});
  EXPECT_TRUE(succeeded(result));
  EXPECT_TRUE(result.out == bytes);
  EXPECT_EQ(result.err, "");
  EXPECT_FALSE(result.truncated);
  const auto both = shell("head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2");
  EXPECT_EQ(both.out.size(), 300'000u);
  EXPECT_EQ(both.err, std::string(600'000, '\0'));
}

TEST_P(Hand, ArgumentsMayBeAnyBytes) {
  const std::string odd = "a b\xff\xfe'\"$x\n";
  EXPECT_EQ(run({.command = {{"printf", "%s", odd, ""}, {}, {}}}).out, odd);
}

TEST_P(Hand, StdinOfUnknownSizeEndsWithOurs) {
  const std::string whole = hand_input({{"wc", "-c"}, {}, {}}, {}, {}, {}, kEnd);
  auto errand = nlohmann::json::from_cbor(whole.substr(whole.find('\n') + 1));
  errand.erase("input_bytes");
  const auto cbor = nlohmann::json::to_cbor(errand);
  Command engine{GetParam().around, {{"PATH", "/usr/bin"}}, std::to_string(cbor.size()) + "\n"};
  engine.argv.insert(engine.argv.end(), {program_.path(), "exec"});
  engine.input.append(cbor.begin(), cbor.end());
  engine.input += std::string(300'000, 'x');
  const auto result = run_process(engine, {});
  ASSERT_TRUE(result) << result.error().what;
  EXPECT_EQ(result->out, "300000\n");
}

TEST_P(Hand, CommandThatDoesNotReadItsStdinIsNotWaitedFor) {
  EXPECT_TRUE(succeeded(run({.command = {{"true"}, {}, std::string(300'000, 'x')}})));
  const auto closed = run({.command = {{"/bin/sh", "-c", "exec 0<&-; echo on"}, {}, std::string(300'000, 'x')}});
  EXPECT_EQ(closed.out, "on\n");
}

TEST_P(Hand, EnvironmentIsExactlyWhatWasAsked) {
  EXPECT_EQ(run({.command = {{"/usr/bin/env"}, {{"TWO", "b c"}, {"ONE", "1\xff"}}, {}}}).out, "ONE=1\xff\nTWO=b c\n");
  EXPECT_EQ(run({.command = {{"/usr/bin/env"}, {}, {}}}).out, "");
}

TEST_P(Hand, EnvironmentOfTheContainerIsTheBaseButForWhatTheEngineMakesUp) {
  const Environment container{{"PATH", "/usr/bin:/bin"}, {"HOME", "/root"}, {"HOSTNAME", "c0ffee"}, {"ONE", "c"}};
  const auto env = [&](const Environment& own) {
    return run({.command = {{"env"}, own, {}}, .options = {.base = true}, .container = container}).out;
  };
  EXPECT_EQ(env({}), "ONE=c\nPATH=/usr/bin:/bin\n");
  EXPECT_EQ(env({{"ONE", "own"}, {"HOME", "/home"}}), "HOME=/home\nONE=own\nPATH=/usr/bin:/bin\n");
}

TEST_P(Hand, EndingsAreKeptApart) {
  EXPECT_EQ(describe(shell("exit 0").ending), "exit 0");
  EXPECT_EQ(describe(shell("exit 137").ending), "exit 137");
  EXPECT_EQ(describe(shell("kill -9 $$").ending), "signal 9");
  EXPECT_EQ(describe(shell("kill -PIPE $$").ending), "signal 13");  // the hand blocks that, its command does not
  const auto late = shell("echo begun; sleep 30", {.timeout = 200ms});
  EXPECT_EQ(describe(late.ending), "timed out");
  EXPECT_EQ(late.out, "begun\n");
  EXPECT_GE(late.wall, 200ms);
  EXPECT_LT(late.wall, 5s);
}

TEST_P(Hand, MissingProgramOrFolderIsAnError) {
  for (const char* program : {"/nowhere/program", "no-such-program"}) {
    const auto result = attempt({.command = {{program}, {}, {}}});
    ASSERT_FALSE(result.has_value()) << program;
    EXPECT_EQ(result.error().fault, Fault::unavailable);
    EXPECT_EQ(result.error().what, std::string(program) + ": No such file or directory");
  }
  const auto forbidden = attempt({.command = {{"/etc/passwd"}, {}, {}}});
  ASSERT_FALSE(forbidden.has_value());
  EXPECT_EQ(forbidden.error().os_errno, EACCES);
  const auto nowhere = attempt({.command = {{"true"}, {}, {}, "/nowhere"}});
  ASSERT_FALSE(nowhere.has_value());
  EXPECT_THAT(nowhere.error().what, HasSubstr("/nowhere"));
}

TEST_P(Hand, ProgramIsLookedUpInThePathThatItGets) {
  std::ofstream(in_folder("greet")) << "#!/bin/sh\necho hello from $PWD\n";
  ::chmod(in_folder("greet").c_str(), 0755);
  const HandTry greet{.command = {{"greet"}, {{"PATH", "/nowhere:" + program_.folder().string()}}, {}, "/usr"}};
  EXPECT_EQ(run(greet).out, "hello from /usr\n");
}

TEST_P(Hand, OutputBeyondTheCapIsDroppedAndTheCommandGoesOn) {
  const auto result = shell("head -c 3000000 /dev/zero; echo end >&2", {.output_bytes = 5000});
  EXPECT_TRUE(succeeded(result));
  EXPECT_EQ(result.out.size(), 5000u);
  EXPECT_EQ(result.err, "end\n");
  EXPECT_TRUE(result.truncated);
}

TEST_P(Hand, TimeoutEndsGrandchildrenThatIgnoreEverything) {
  const auto late =
      shell("trap '' TERM INT HUP PIPE; sh -c 'echo $$; while :; do sleep 1; done' & wait", {.timeout = 1000ms});
  EXPECT_EQ(describe(late.ending), "timed out");
  ASSERT_THAT(late.out, Not(testing::IsEmpty()));
  EXPECT_TRUE(ends_soon(std::stoi(late.out)));
}

TEST_P(Hand, BackgroundProcessThatKeepsTheOutputsDoesNotKeepUs) {
  const auto result = shell("setsid sleep 30 & echo $!; head -c 60000 /dev/zero >&2");
  EXPECT_EQ(describe(result.ending), "exit 0");
  EXPECT_EQ(result.err.size(), 60'000u);
  EXPECT_LT(result.wall, 20s);
  ASSERT_THAT(result.out, Not(testing::IsEmpty()));
  const int background = std::stoi(result.out);
  EXPECT_TRUE(is_alive(background));
  ::kill(background, SIGKILL);
}

TEST_P(Hand, BackgroundProcessThatNeverStopsWritingDoesNotKeepUs) {
  const auto result = shell("setsid yes & echo $! >&2", {.output_bytes = 1000});
  EXPECT_EQ(describe(result.ending), "exit 0");
  EXPECT_TRUE(result.truncated);
  ASSERT_THAT(result.err, Not(testing::IsEmpty()));
  EXPECT_TRUE(ends_soon(std::stoi(result.err)));  // its reader is gone
}

TEST_P(Hand, LastLineCannotBeForged) {
  const auto result = shell("printf '\\nend-000000 {\"exited\":0,\"truncated\":false,\"wall_ns\":1}\\n' >&2; exit 3");
  EXPECT_EQ(describe(result.ending), "exit 3");
  EXPECT_THAT(result.err, HasSubstr("end-000000"));
  EXPECT_EQ(shell("tr '\\0' ' ' < /proc/$PPID/cmdline").out, program_.path() + " exec ");
  if (::geteuid() == 0 && GetParam().around.empty()) return;  // root can look everywhere
  EXPECT_EQ(shell("cat /proc/$PPID/environ /proc/$PPID/mem /proc/$PPID/fd/0; ls /proc/$PPID/fd").out, "");
}

TEST_P(Hand, CommandThatKillsItIsOneThatWasKilled) {
  EXPECT_EQ(describe(shell("kill -9 $PPID; sleep 0.1").ending), "signal 9");
}

TEST_P(Hand, WhatTheEngineLeftOpenIsTheCommandsAndNothingOfOurs) {
  const Fd leak(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const std::string look =
      "for n in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do [ -e /proc/self/fd/$n ] && echo $n; done";
  HandTry what{.command = {{"/bin/sh", "-c", look}, {}, {}}};
  what.command.inherit = {{7, leak.get()}};
  EXPECT_EQ(attempt(what)->out, "0\n1\n2\n7\n");
}

TEST_P(Hand, FilesArriveWithTheirBytesAndModes) {
  std::string bytes(200'000, 'x');
  bytes[1000] = '\0';
  const auto result = run({.command = {{"wc", "-c"}, {{"PATH", "/usr/bin"}}, "rest"},
                           .files = {{in_folder("a/deep/er/one"), bytes, 0640}, {in_folder("a/two"), "", 0755}}});
  EXPECT_EQ(result.out, "4\n");
  EXPECT_TRUE(bytes_of(in_folder("a/deep/er/one")) == bytes);
  EXPECT_TRUE(succeeded(run({.files = {{in_folder("a/two"), "#!/bin/sh\necho ran\n", 0711}}})));
  using std::filesystem::perms, std::filesystem::status;
  EXPECT_EQ(status(in_folder("a/deep/er/one")).permissions(), perms(0640));
  EXPECT_EQ(status(in_folder("a/two")).permissions(), perms(0711));
  EXPECT_EQ(status(in_folder("a/deep")).permissions(), perms(0755));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(in_folder("a")), {}), 2);  // nothing temporary is left
}

TEST_P(Hand, FileIsNotWrittenThroughALink) {
  std::filesystem::create_directory(in_folder("real"));
  std::filesystem::permissions(in_folder("real"), std::filesystem::perms(0777));
  std::filesystem::create_directory_symlink(in_folder("real"), in_folder("link"));
  std::ofstream(in_folder("target")) << "old";
  std::filesystem::create_symlink(in_folder("target"), in_folder("file"));
  EXPECT_FALSE(attempt({.files = {{in_folder("link/x"), "x", 0644}}}));
  EXPECT_FALSE(std::filesystem::exists(in_folder("real/x")));
  EXPECT_TRUE(succeeded(run({.files = {{in_folder("file"), "new", 0644}}})));
  EXPECT_EQ(bytes_of(in_folder("target")), "old");
  EXPECT_EQ(bytes_of(in_folder("file")), "new");
  EXPECT_FALSE(std::filesystem::is_symlink(in_folder("file")));
  EXPECT_FALSE(attempt({.files = {{"relative", "x", 0644}}}));
  EXPECT_FALSE(attempt({.files = {{in_folder("real"), "x", 0644}}}));  // a folder
}

TEST_P(Hand, StdinThatIsNoErrandIsRefusedInOneLine) {
  for (const std::string input : {"", "x", "12", "\n", "3\n\xff\xff\xff", "99999999999999999999\n", "5\n{}"}) {
    Command engine{GetParam().around, {{"PATH", "/usr/bin"}}, input};
    engine.argv.insert(engine.argv.end(), {program_.path(), "exec"});
    const auto result = run_process(engine, {});
    ASSERT_TRUE(result) << result.error().what;
    EXPECT_EQ(describe(result->ending), "exit 70") << input;
    EXPECT_EQ(std::count(result->err.begin(), result->err.end(), '\n'), 1) << result->err;
  }
}

INSTANTIATE_TEST_SUITE_P(Users, Hand, testing::ValuesIn(users()), [](const auto& user) { return user.param.name; });

}  // namespace
}  // namespace bottle::docker
