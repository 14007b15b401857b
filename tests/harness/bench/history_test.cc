#include "harness/bench/history.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "harness/file.h"
#include "tests/harness/bench/make_session.h"
#include "tests/harness/temp_folder.h"

namespace bottle {
namespace {

using testing::HasSubstr;

BenchSession numbered(std::uint64_t seed, std::size_t samples = 3) {
  BenchSession session = make_session({make_contender("native", std::vector<std::int64_t>(samples, 1000)),
                                       make_contender("namespaces", std::vector<std::int64_t>(samples, 3000))});
  session.seed = seed;
  return session;
}

std::vector<std::uint64_t> seeds_in(const std::filesystem::path& file) {
  const auto history = read_history(file);
  EXPECT_TRUE(history) << history.error().what;
  std::vector<std::uint64_t> seeds;
  if (history)
    for (const BenchSession& session : history->sessions) seeds.push_back(session.seed);
  return seeds;
}

void append_raw(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary | std::ios::app) << text;
}

TEST(BenchHistory, KeepsSessionsInTheirOrder) {
  const TempFolder folder;
  const auto file = folder.path() / "history.jsonl";
  for (const std::uint64_t seed : {5u, 3u, 9u}) ASSERT_TRUE(append_to_history(file, numbered(seed)));
  EXPECT_THAT(seeds_in(file), testing::ElementsAre(5, 3, 9));
  EXPECT_TRUE(read_history(file)->warnings.empty());
}

TEST(BenchHistory, WhatIsNoSessionIsSkippedAndNamedByItsLine) {
  const TempFolder folder;
  const auto file = folder.path() / "history.jsonl";
  ASSERT_TRUE(append_to_history(file, numbered(1)));
  append_raw(file, "lunch\n\n{\"schema\":\"bottle-verify/bench/v9\"}\n");
  ASSERT_TRUE(append_to_history(file, numbered(2)));
  const auto history = read_history(file);
  ASSERT_TRUE(history) << history.error().what;
  EXPECT_EQ(history->sessions.size(), 2u);
  ASSERT_EQ(history->warnings.size(), 2u);
  EXPECT_THAT(history->warnings[0], HasSubstr("history.jsonl:2: skipped"));
  EXPECT_THAT(history->warnings[1], HasSubstr(":4:"));
  EXPECT_THAT(history->warnings[1], HasSubstr("bench/v9"));
}

// A crash can leave any beginning of a line. Whatever it left, what was before it and what comes after it is read.
TEST(BenchHistory, ALineThatWasTornAnywhereHarmsNoOther) {
  const TempFolder folder;
  const std::string line = session_line(numbered(2, 1));
  for (std::size_t left = 0; left <= line.size(); ++left) {
    const auto file = folder.path() / "torn.jsonl";
    ASSERT_TRUE(write_whole(file, session_line(numbered(1)) + "\n" + line.substr(0, left)));
    const bool whole = left == line.size();  // all but its end of line: nothing of the session is missing
    ASSERT_EQ(seeds_in(file).size(), whole ? 2u : 1u) << left;
    ASSERT_TRUE(append_to_history(file, numbered(3)));
    const auto seeds = seeds_in(file);
    ASSERT_EQ(seeds.size(), whole ? 3u : 2u) << left;
    ASSERT_EQ(seeds.front(), 1u);
    ASSERT_EQ(seeds.back(), 3u);
    ASSERT_EQ(read_history(file)->warnings.size(), whole || left == 0 ? 0u : 1u) << left;
  }
}

pid_t append_in_child(const std::filesystem::path& file, std::uint64_t first, int count) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  for (int i = 0; i < count; ++i)
    if (!append_to_history(file, numbered(first + static_cast<std::uint64_t>(i), 200))) ::_exit(1);
  ::_exit(0);
}

TEST(BenchHistory, SeveralWritersAtOnceLoseNothing) {
  const TempFolder folder;
  const auto file = folder.path() / "shared.jsonl";
  std::vector<pid_t> children;
  for (const std::uint64_t writer : {0u, 1u, 2u, 3u}) children.push_back(append_in_child(file, writer * 100, 15));
  for (const pid_t child : children) {
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  const auto seeds = seeds_in(file);
  EXPECT_EQ(seeds.size(), 60u);
  EXPECT_EQ(std::set<std::uint64_t>(seeds.begin(), seeds.end()).size(), 60u);
  EXPECT_TRUE(read_history(file)->warnings.empty());
}

TEST(BenchHistory, AWriterThatIsKilledAtAnyMomentLeavesAReadableHistory) {
  const TempFolder folder;
  const auto file = folder.path() / "killed.jsonl";
  for (std::uint64_t round = 0; round < 15; ++round) {
    const pid_t child = append_in_child(file, 1000 * (round + 1), 100'000);
    ::usleep(static_cast<useconds_t>(2000 + 1700 * round));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    ASSERT_TRUE(append_to_history(file, numbered(round)));
    const auto history = read_history(file);
    ASSERT_TRUE(history) << history.error().what;
    EXPECT_EQ(history->sessions.back().seed, round);
    EXPECT_LE(history->warnings.size(), round + 1);
  }
  const auto seeds = seeds_in(file);
  for (std::uint64_t round = 0; round < 15; ++round) EXPECT_EQ(std::count(seeds.begin(), seeds.end(), round), 1);
}

TEST(BenchHistory, APathThatWillNotDoIsToldInOneLine) {
  const TempFolder folder;
  const auto none = read_history(folder.path() / "none.jsonl");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().os_errno, ENOENT);
  EXPECT_THAT(none.error().what, HasSubstr("none.jsonl"));

  const auto nowhere = append_to_history(folder.path() / "no" / "such" / "folder.jsonl", numbered(1));
  ASSERT_FALSE(nowhere);
  EXPECT_THAT(nowhere.error().what, HasSubstr("No such file or directory"));
  EXPECT_FALSE(append_to_history(folder.path(), numbered(1)));
  EXPECT_FALSE(read_history(folder.path()));

  const auto pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto piped = append_to_history(pipe, numbered(1));
  ASSERT_FALSE(piped);
  EXPECT_THAT(piped.error().what, HasSubstr("not a regular file"));
  EXPECT_FALSE(read_history(pipe));
}

TEST(BenchHistory, AFullDiskIsToldAndLeavesNoTornLine) {
  const TempFolder folder;
  const auto file = folder.path() / "small.jsonl";
  ASSERT_TRUE(append_to_history(file, numbered(1)));
  const auto size = std::filesystem::file_size(file);
  const pid_t child = ::fork();  // the limit stands for the disk, and must not be this process's
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{size + 100, size + 100};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::_exit(append_to_history(file, numbered(2)) ? 1 : 0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(std::filesystem::file_size(file), size);
}

}  // namespace
}  // namespace bottle
