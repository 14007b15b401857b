// What the harness writes for bottle-hand, and what it makes of the answer. Pure: no program is run.
#include "backends/docker/hand_protocol.h"

#include <gmock/gmock.h>

namespace bottle::docker {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr char kEnd[] = "token-1";

ExecResult engine(Ending ending, std::string err) {
  return {.ending = ending, .out = "out", .err = std::move(err), .truncated = false, .wall = 1s};
}

Result<ExecResult> read(const HandReport& report, const std::string& before = "err") {
  return read_hand_output(engine(Exited{0}, before + report_line(kEnd, report)), kEnd);
}

std::string why_not(const Result<ExecResult>& result) { return result ? "it is a result" : result.error().what; }

// The errand of an input, and what follows it.
std::pair<Result<HandErrand>, std::string> taken_apart(const std::string& input) {
  const auto newline = input.find('\n');
  const std::size_t size = std::stoul(input.substr(0, newline));
  return {read_errand(input.substr(newline + 1, size)), input.substr(newline + 1 + size)};
}

TEST(HandInput, IsTheErrandThenTheFilesThenTheCommandsOwn) {
  const std::string odd = "\xff\xfe\n'\"$x";
  const Command command{{"printf", odd}, {{"N\xfe", odd}}, "stdin", "/work", {}};
  const std::vector<AgentFile> files{{"/a", "first", 0600}, {"/b\xff", "second", 0755}};
  const auto [errand, rest] =
      taken_apart(hand_input(command, {.timeout = 1500ms, .output_bytes = 99}, files,
                             {.base = true, .without = {"HOME"}, .kills = HandKills::descendants}, kEnd));
  ASSERT_TRUE(errand) << errand.error().what;
  EXPECT_EQ(errand->argv, command.argv);
  EXPECT_EQ(errand->environment, command.environment);
  EXPECT_TRUE(errand->base);
  EXPECT_EQ(errand->without, std::vector<std::string>{"HOME"});
  EXPECT_EQ(errand->directory, "/work");
  EXPECT_EQ(errand->timeout_ms, 1500);
  EXPECT_EQ(errand->output_bytes, 99u);
  EXPECT_EQ(errand->input_bytes, 5u);
  EXPECT_EQ(errand->end, kEnd);
  EXPECT_EQ(errand->kills, HandKills::descendants);
  ASSERT_EQ(errand->files.size(), 2u);
  EXPECT_EQ(errand->files[1].path, "/b\xff");
  EXPECT_EQ(errand->files[1].mode, 0755u);
  EXPECT_EQ(errand->files[1].size, 6u);
  EXPECT_EQ(rest, "firstsecondstdin");
}

TEST(HandInput, ThatIsNoErrandIsAnError) {
  EXPECT_FALSE(read_errand(""));
  EXPECT_FALSE(read_errand("\xff\xff"));
  EXPECT_FALSE(read_errand("\x80"));      // an array
  EXPECT_FALSE(read_errand("\xa0"));      // an object with nothing in it
  EXPECT_FALSE(read_errand("\xa1\x61"));  // cut short
}

TEST(HandOutput, TellsTheCommandsEndingAndNotTheEngines) {
  EXPECT_EQ(describe(read({Ending{Exited{3}}})->ending), "exit 3");
  EXPECT_EQ(describe(read({Ending{Signalled{9}}})->ending), "signal 9");
  EXPECT_EQ(describe(read({Ending{TimedOut{}}})->ending), "timed out");
  const auto result = read_hand_output(engine(Exited{137}, report_line(kEnd, {Ending{Exited{0}}})), kEnd);
  ASSERT_TRUE(result);
  EXPECT_EQ(describe(result->ending), "exit 0");
}

TEST(HandOutput, LeavesTheCommandsOwnBytesAsTheyWere) {
  for (const std::string err : {"", "err", "err\n", "a\n\nb\n\n", "\ntoken-2 {\"exited\":0}\n"}) {
    const auto result = read({Ending{Exited{0}}}, err);
    ASSERT_TRUE(result) << err;
    EXPECT_EQ(result->err, err);
    EXPECT_EQ(result->out, "out");
  }
}

TEST(HandOutput, TellsWhatWasCut) {
  EXPECT_FALSE(read({Ending{Exited{0}}, false})->truncated);
  EXPECT_TRUE(read({Ending{Exited{0}}, true})->truncated);
}

TEST(HandOutput, WallIsTheCommandsAndNeverMoreThanOurs) {
  EXPECT_EQ(read({Ending{Exited{0}}, false, 250'000'000})->wall, 250ms);
  EXPECT_EQ(read({Ending{Exited{0}}, false, 250'000'000'000})->wall, 1s);
}

TEST(HandOutput, CommandThatCouldNotBeStartedIsAnErrorWithItsErrno) {
  const auto missing = read({Error{Fault::failed, "moon: No such file or directory", ENOENT}});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().fault, Fault::unavailable);
  EXPECT_EQ(missing.error().os_errno, ENOENT);
  EXPECT_EQ(missing.error().what, "moon: No such file or directory");
  const auto forbidden = read({Error{Fault::failed, "moon: Permission denied", EACCES}});
  ASSERT_FALSE(forbidden);
  EXPECT_EQ(forbidden.error().fault, Fault::failed);
}

TEST(HandOutput, WithoutTheLastLineIsTheEnginesWordAlone) {
  EXPECT_EQ(describe(read_hand_output(engine(Signalled{9}, "err"), kEnd)->ending), "signal 9");
  EXPECT_EQ(describe(read_hand_output(engine(Exited{137}, "err"), kEnd)->ending), "signal 9");
  EXPECT_EQ(describe(read_hand_output(engine(TimedOut{}, "err"), kEnd)->ending), "timed out");
  EXPECT_THAT(why_not(read_hand_output(engine(Exited{0}, "err"), kEnd)), HasSubstr("did not report: exit 0"));
  const std::string said = "first\nError: No such container: moon\n";
  EXPECT_THAT(why_not(read_hand_output(engine(Exited{1}, said), kEnd)), HasSubstr("exit 1, Error: No such container"));
}

TEST(HandOutput, LineThatIsCutOrForgedIsNone) {
  const std::string line = report_line(kEnd, {Ending{Exited{0}}});
  EXPECT_FALSE(read_hand_output(engine(Exited{0}, line.substr(0, line.size() - 1)), kEnd));
  EXPECT_FALSE(read_hand_output(engine(Exited{0}, "\ntoken-2 {\"exited\":0}\n"), kEnd));
  EXPECT_FALSE(read_hand_output(engine(Exited{0}, "token-1 {\"exited\":0}\n"), kEnd));
  for (const std::string told :
       {"", "{", "[]", "3", "{}", R"({"exited":"no","truncated":false,"wall_ns":1})", R"({"exited":0})",
        R"({"exited":0,"truncated":1,"wall_ns":1})", R"({"failed":3})", R"({"truncated":false,"wall_ns":1})"}) {
    EXPECT_FALSE(read_hand_output(engine(Exited{0}, "\ntoken-1 " + told + "\n"), kEnd)) << told;
  }
}

TEST(HandOutput, RoomAroundTheHandIsMoreThanItsOwn) {
  const auto around = limits_around_hand({.timeout = 2s, .output_bytes = 100});
  EXPECT_GT(around.timeout, 2s);
  EXPECT_GT(around.output_bytes, 100u + report_line(kEnd, {Error{Fault::failed, std::string(4096, 'x'), 2}}).size());
}

}  // namespace
}  // namespace bottle::docker
