// Cold starts of real bottles: what is measured, what is kept, what is left, and what wrong words are told.
#include <gmock/gmock.h>

#include <csignal>
#include <thread>

#include "harness/bench/history.h"
#include "tests/cli/harmless.h"
#include "tests/cli/program.h"

namespace bottle {
namespace {

using testing::HasSubstr;

constexpr std::chrono::seconds kLongest{120};

Result<BenchSession> session_of(const Ran& ran) { return session_from_line(ran.out.substr(0, ran.out.find('\n'))); }

TEST(Bench, MeasuresAWholeBottleAndItsWallsAgainstTheSamePayload) {
  BOTTLE_NEEDS_BOTTLES();
  const Ran ran = run_program({"bench", "--rounds", "3", "--warm-ups", "1", "-o", "json=-"}, {}, kLongest);
  EXPECT_EQ(ran.code, 0) << ran.err;
  const auto session = session_of(ran);
  ASSERT_TRUE(session) << session.error().what << ran.out;
  ASSERT_EQ(session->contenders.size(), 3u);
  for (const char* name : {"native", "namespaces", "namespaces:walls"}) {
    const BenchContender* one = find_contender(*session, name);
    ASSERT_NE(one, nullptr) << name;
    ASSERT_EQ(one->samples.size(), 4u);
    const bool bottle = one->name != kNative;
    for (const BenchSample& sample : one->samples) {
      ASSERT_TRUE(sample.ok()) << name << ": " << sample.problem;
      ASSERT_TRUE(sample.cold_start && sample.cpu);
      EXPECT_GT(*sample.cold_start, 0);
      std::int64_t sum = 0;
      for (const BenchPhase phase : {BenchPhase::create, BenchPhase::start, BenchPhase::first_exec})
        sum += sample[phase].value_or(0);
      EXPECT_EQ(sum, *sample.cold_start) << "the phases are the cold start, without a gap";
      for (const BenchPhase phase : {BenchPhase::prepare, BenchPhase::create, BenchPhase::start, BenchPhase::exec_warm})
        EXPECT_EQ(sample[phase].has_value(), bottle) << name << " " << name_of(phase);
      EXPECT_EQ(sample.peak_bytes.has_value(), bottle) << name;
    }
  }
  EXPECT_GT(find_contender(*session, "namespaces")->samples[0].details.count("bundle"), 0u);
  EXPECT_EQ(find_contender(*session, "namespaces:walls")->samples[0].details.count("bundle"), 0u);
}

TEST(Bench, ABurstOfBottlesLeavesNothing) {
  BOTTLE_NEEDS_BOTTLES();
  adopt_orphans();
  const Ran ran = run_program(
      {"bench", "namespaces", "--mode", "burst", "--at-once", "4", "--rounds", "2", "--warm-ups", "0", "-o", "json=-"},
      {}, kLongest);
  EXPECT_EQ(ran.code, 0) << ran.err;
  const auto session = session_of(ran);
  ASSERT_TRUE(session) << session.error().what;
  EXPECT_EQ(find_contender(*session, "namespaces")->samples.size(), 8u);
  for (const BenchSample& sample : find_contender(*session, "namespaces")->samples)
    EXPECT_TRUE(sample.ok()) << sample.problem;
  expect_nobody_left();
}

TEST(Bench, AnotherVersionIsAContender) {
  BOTTLE_NEEDS_BOTTLES();
  const Scratch scratch;
  const std::string history = scratch / "h.jsonl";
  const std::string other = program_path() + ":namespaces:walls";
  const Ran ran = run_program(
      {"bench", "compare", "namespaces:walls", other, "--rounds", "9", "--threshold", "1000", "-o", "json=-",
       "--history", history},
      {}, kLongest);
  EXPECT_TRUE(ran.code == 0 || ran.code == 3) << ran.code << ran.err;  // 3: this machine is busy
  const auto session = session_of(ran);
  ASSERT_TRUE(session) << session.error().what << ran.err;
  const auto kept = read_history(history);
  ASSERT_TRUE(kept) << kept.error().what;
  EXPECT_EQ(kept->sessions.size(), 1u);
  const BenchContender* one = find_contender(*session, other);
  ASSERT_NE(one, nullptr);
  for (const BenchSample& sample : one->samples) {
    EXPECT_TRUE(sample.ok()) << sample.problem;
    EXPECT_TRUE(sample[BenchPhase::exec_warm]);
  }
}

TEST(Bench, ASessionIsKeptAndAnInterruptedOneLeavesTheHistoryAsItWas) {
  BOTTLE_NEEDS_BOTTLES();
  const Scratch scratch;
  const std::string history = scratch / "cold.jsonl";
  const std::vector<std::string> bench{"bench", "namespaces:walls", "--rounds", "2", "--warm-ups", "0", "--seed",
                                       "7",     "--history",        history,    "-q"};
  EXPECT_EQ(run_program(bench, {}, kLongest).code, 0);
  Environment environment = test_environment();
  environment["TMPDIR"] = scratch / "";
  auto process = Process::start({.argv = {program_path(), "bench", "namespaces", "--rounds", "100000", "--history",
                                          history, "-o", "json=" + (scratch / "cut.json")},
                                 .environment = environment},
                                {});
  ASSERT_TRUE(process);
  const std::string runs = scratch / ("bottle-verify-" + std::to_string(::getuid()));
  std::error_code error;
  for (int i = 0; i < 1000 && (!std::filesystem::exists(runs, error) || std::filesystem::is_empty(runs, error)); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ::kill(process->pid(), SIGINT);
  const auto ending = process->wait(std::chrono::seconds(30));
  ASSERT_TRUE(ending);
  EXPECT_EQ(describe(*ending), "exit 130");
  EXPECT_TRUE(std::filesystem::is_empty(runs, error)) << "a bottle was left";
  const auto cut = std::ifstream(scratch / "cut.json").rdbuf()->sgetc();
  EXPECT_EQ(cut, '{') << "what was measured is reported";
  EXPECT_EQ(run_program(bench, {}, kLongest).code, 0);
  const auto read = read_history(history);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->sessions.size(), 2u);
  EXPECT_TRUE(read->warnings.empty());
  const std::string picture = scratch / "h.svg";
  const Ran listed = run_program({"bench", "history", history, "-o", "csv=-", "-o", "svg-history=" + picture, "-v"});
  EXPECT_EQ(std::ifstream(picture).rdbuf()->sgetc(), '<');
  EXPECT_EQ(listed.code, 0) << listed.err;
  EXPECT_THAT(listed.out, HasSubstr("namespaces:walls"));
  EXPECT_THAT(listed.err, HasSubstr("namespaces:walls"));
}

TEST(Bench, OverBudgetIsNeverWell) {
  BOTTLE_NEEDS_BOTTLES();
  const Scratch scratch;
  const std::string file =
      scratch.write("b.toml", "[[budget]]\ncontender = \"namespaces\"\nmetric = \"cold_start\"\nlimit-ms = 1\n");
  const Ran ran = run_program({"bench", "namespaces", "--config", file, "--rounds", "9"}, {}, kLongest);
  if (ran.code == 3) {  // a machine that is too noisy to say so
    EXPECT_THAT(ran.err, HasSubstr("INCONCLUSIVE"));
  } else {
    EXPECT_EQ(ran.code, 1) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("budget"));
  }
}

TEST(Bench, SaysWhatIsWrongWithItsWords) {
  const Scratch scratch;
  const auto said = [](const std::vector<std::string>& words, int code) {
    std::vector<std::string> all = words;
    all.insert(all.begin(), "bench");
    const Ran ran = run_program(all);
    EXPECT_EQ(ran.code, code) << ran.err;
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
    return ran.err;
  };
  EXPECT_THAT(said({"namespace"}, 2), HasSubstr("unknown contender \"namespace\"; did you mean \"namespaces\"?"));
  EXPECT_THAT(said({"attach"}, 2), HasSubstr("unknown contender"));
  EXPECT_THAT(said({"command:walls"}, 2), HasSubstr("cannot start its walls alone"));
  EXPECT_THAT(said({"namespaces:colour=red"}, 2), HasSubstr("colour"));
  EXPECT_THAT(said({"namespaces", "namespaces"}, 2), HasSubstr("\"namespaces\" is named twice"));
  EXPECT_THAT(said({"./nothing"}, 2), HasSubstr("./nothing: no such program"));
  EXPECT_THAT(said({"nothing.toml"}, 2), HasSubstr("nothing.toml"));
  EXPECT_THAT(said({"--check"}, 2), HasSubstr("--check needs --history FILE"));
  EXPECT_THAT(said({"-o", "junit=x"}, 2), HasSubstr("unknown report format \"junit\""));
  EXPECT_THAT(said({"history"}, 2), HasSubstr("which history?"));
  EXPECT_THAT(said({"history", scratch / "none"}, 2), HasSubstr("none"));
  EXPECT_THAT(said({"compare", scratch / "a.json", scratch / "b.json"}, 2), HasSubstr("a.json"));
  const std::string bad =
      scratch.write("bad.toml", "[[budget]]\ncontender = \"x\"\nmetric = \"speed\"\nlimit-ms = 1\n");
  EXPECT_THAT(said({"--config", bad}, 2), HasSubstr("unknown metric \"speed\""));
}

}  // namespace
}  // namespace bottle
