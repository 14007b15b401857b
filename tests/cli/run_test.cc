// The main job: a sound bottle is contained, with everything that the record promises; and nothing is left behind.
#include <csignal>
#include <random>
#include <thread>

#include "harness/config.h"
#include "tests/cli/program.h"

namespace bottle {
namespace {

std::set<std::string> run_directories(const std::filesystem::path& temporary) {
  std::set<std::string> names;
  std::error_code error;
  const auto root = temporary / ("bottle-verify-" + std::to_string(::getuid()));
  for (const auto& entry : std::filesystem::directory_iterator(root, error)) names.insert(entry.path().string());
  return names;
}

int wardens() {
  int count = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    std::ifstream in(entry.path() / "cmdline");
    std::string first;
    std::getline(in, first, '\0');
    if (first.find(BOTTLE_BUILD_DIR "/libexec/") != std::string::npos) ++count;
  }
  return count;
}

TEST(Run, ASoundBottleIsContainedAndTheRecordShowsWhy) {
  BOTTLE_NEEDS_BOTTLES();
  const Scratch scratch;
  const Ran ran = run_program({"run", "-o", "json=" + (scratch / "r.json"), "-o", "junit=" + (scratch / "j.xml"), "-o",
                               "sarif=" + (scratch / "s.sarif")});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(ran.out.empty());
  const auto record = read_record_file(scratch / "r.json");
  ASSERT_TRUE(record) << record.error().what;
  std::set<std::string> categories;
  for (const Finding& finding : record->findings) {
    if (finding.verdict == Verdict::not_applicable) continue;
    EXPECT_EQ(finding.verdict, Verdict::contained) << finding.case_id << finding.variant << finding.reason;
    EXPECT_FALSE(finding.bare_sightings.empty()) << finding.case_id << finding.variant;
    EXPECT_FALSE(finding.control.empty());
    const Conditions& c = finding.conditions;
    for (const Condition* one : {&c.tried, &c.could_have, &c.would_show, &c.was_not, &c.refused}) {
      EXPECT_TRUE(one->met);
      EXPECT_NE(one->word, Word::nobody);
      EXPECT_FALSE(one->how.empty());
    }
    categories.insert(finding.category);
  }
  EXPECT_EQ(categories.size(), 7u);
  EXPECT_TRUE(std::filesystem::exists(scratch / "j.xml"));
  EXPECT_TRUE(std::filesystem::exists(scratch / "s.sarif"));
  int guarded = 0;
  for (const ProberRun& run : record->prober_runs) guarded += run.arm == "guarded" ? 1 : 0;
  EXPECT_EQ(guarded, 1);
}

TEST(Run, TheRecordHoldsNoSecret) {
  BOTTLE_NEEDS_BOTTLES();
  const Scratch scratch;
  run_program({"--hole", "dlp-off", "-f", "http-exfil.*", "-o", "json=" + (scratch / "r.json"), "-o",
               "text=" + (scratch / "t.txt")});
  for (const char* name : {"r.json", "t.txt"}) {
    std::ifstream in(scratch / name);
    std::stringstream text;
    text << in.rdbuf();
    EXPECT_FALSE(text.str().empty());
    EXPECT_EQ(text.str().find("sk-ant-api03-"), std::string::npos);
    EXPECT_EQ(text.str().find("data=AKIA"), std::string::npos);
  }
}

TEST(Run, TwoAtOnceDoNotDisturbEachOther) {
  BOTTLE_NEEDS_BOTTLES();
  Ran one, two;
  std::thread first([&] { one = run_program({"-f", "denied-*"}); });
  std::thread second([&] { two = run_program({"-f", "denied-*"}); });
  first.join();
  second.join();
  EXPECT_EQ(one.code, 0) << one.err;
  EXPECT_EQ(two.code, 0) << two.err;
}

TEST(Run, KilledAtAnyMomentLeavesNothingThatCleanupDoesNotFind) {
  BOTTLE_NEEDS_BOTTLES();
  const Scratch scratch;  // others on this machine have runs of their own
  Environment environment = test_environment();
  environment["TMPDIR"] = scratch / "";
  std::mt19937 random(std::random_device{}());
  for (int round = 0; round < 6; ++round) {
    auto process = Process::start({.argv = {program_path(), "run", "-q"}, .environment = environment}, {});
    ASSERT_TRUE(process) << process.error().what;
    std::this_thread::sleep_for(std::chrono::milliseconds(std::uniform_int_distribution<int>(1, 600)(random)));
    ::kill(process->pid(), SIGKILL);
    process->wait(std::chrono::seconds(5));
  }
  for (int i = 0; i < 100 && wardens() > 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(wardens(), 0);
  EXPECT_FALSE(run_directories(scratch / "").empty());
  const auto cleaned = run_process({.argv = {program_path(), "cleanup"}, .environment = environment}, {});
  ASSERT_TRUE(cleaned);
  EXPECT_TRUE(succeeded(*cleaned)) << cleaned->err;
  EXPECT_EQ(run_directories(scratch / ""), std::set<std::string>{});
}

TEST(Run, AnInterruptionLeavesReportsAndExitCode130) {
  BOTTLE_NEEDS_BOTTLES();
  const Scratch scratch;
  Environment environment = test_environment();
  environment["TMPDIR"] = scratch / "";
  auto process = Process::start(
      {.argv = {program_path(), "run", "-o", "json=" + (scratch / "r.json"), "-o", "junit=" + (scratch / "j.xml")},
       .environment = environment},
      {});
  ASSERT_TRUE(process);
  // Before it has a directory it may not even listen for signals yet.
  for (int i = 0; i < 1000 && run_directories(scratch / "").empty(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ::kill(process->pid(), SIGINT);
  const auto ending = process->wait(std::chrono::seconds(20));
  ASSERT_TRUE(ending);
  ASSERT_TRUE(std::holds_alternative<Exited>(*ending));
  EXPECT_EQ(std::get<Exited>(*ending).code, 130);
  const auto record = read_record_file(scratch / "r.json");
  ASSERT_TRUE(record) << record.error().what;
  EXPECT_TRUE(record->interrupted);
  EXPECT_FALSE(record->complete);
  EXPECT_TRUE(std::filesystem::exists(scratch / "j.xml"));
}

}  // namespace
}  // namespace bottle
