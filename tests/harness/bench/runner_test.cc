// The order of a session and what becomes of its samples, with contenders that only take notes.
#include "harness/bench/runner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>

namespace bottle {
namespace {

struct Notes {
  std::mutex mutex;
  std::vector<std::string> lived;
  int together = 0, most_together = 0;
};

class Noting final : public Contender {
 public:
  Noting(std::string name, Notes& notes, std::string problem)
      : name_(std::move(name)), notes_(notes), problem_(std::move(problem)) {}

  BenchContender describe() const override { return {.name = name_}; }

  BenchSample live(Company company) override {
    {
      const std::lock_guard lock(notes_.mutex);
      notes_.lived.push_back(name_ + (company == Company::none ? "" : " in company"));
      notes_.most_together = std::max(notes_.most_together, ++notes_.together);
    }
    if (company == Company::others) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const std::lock_guard lock(notes_.mutex);
    --notes_.together;
    return {.problem = problem_, .cold_start = 1};
  }

 private:
  std::string name_;
  Notes& notes_;
  std::string problem_;
};

class BenchRunner : public testing::Test {
 protected:
  void add(const std::string& name, const std::string& problem = {}) {
    inputs.makers.emplace_back(
        [=, this]() -> Result<std::unique_ptr<Contender>> { return std::make_unique<Noting>(name, notes, problem); });
  }
  BenchSession play() {
    BenchObserver nobody;
    auto session = play_session(inputs, nobody, stop);
    EXPECT_TRUE(session);
    return session ? *session : BenchSession{};
  }
  Notes notes;
  BenchInputs inputs{.session = {.seed = 5, .rounds = 6, .warm_ups = 2}};
  std::atomic<bool> stop = false;
};

TEST_F(BenchRunner, EveryContenderLivesOnceInEachRoundInAnOrderThatIsTheSeeds) {
  for (const char* name : {"native", "a", "b", "c"}) add(name);
  const BenchSession session = play();
  ASSERT_EQ(session.contenders.size(), 4u);
  for (const BenchContender& one : session.contenders) {
    ASSERT_EQ(one.samples.size(), 8u);
    for (int round = 0; round < 8; ++round) {
      EXPECT_EQ(one.samples[static_cast<std::size_t>(round)].round, round);
      EXPECT_EQ(one.samples[static_cast<std::size_t>(round)].warm_up, round < 2);
    }
  }
  const auto first = notes.lived;
  std::set<std::string> orders;
  for (std::size_t round = 0; round < 8; ++round) {
    const auto from = first.begin() + static_cast<std::ptrdiff_t>(4 * round);
    EXPECT_EQ(std::set<std::string>(from, from + 4).size(), 4u) << "round " << round;
    orders.insert(*from + from[1] + from[2] + from[3]);
  }
  EXPECT_GT(orders.size(), 2u) << "the same order each time would favour somebody";
  notes.lived.clear();
  play();
  EXPECT_EQ(notes.lived, first) << "the seed gives the order";
  notes.lived.clear();
  inputs.session.seed = 6;
  play();
  EXPECT_NE(notes.lived, first);
}

TEST_F(BenchRunner, AFailureIsASampleAndNoGap) {
  add("native");
  add("broken", "it did not start");
  const BenchSession session = play();
  ASSERT_EQ(session.contenders[1].samples.size(), 8u);
  EXPECT_FALSE(session.contenders[1].samples[3].ok());
  EXPECT_TRUE(session.contenders[0].samples[3].ok());
}

TEST_F(BenchRunner, ABurstStartsTogetherAndStaggeredOnesOverlap) {
  for (const BenchMode mode : {BenchMode::burst, BenchMode::staggered}) {
    notes.lived.clear();
    notes.most_together = 0;
    inputs.makers.clear();
    add("native");
    inputs.session = {.mode = mode, .at_once = 4, .gap = 1'000'000, .rounds = 1};
    const BenchSession session = play();
    EXPECT_EQ(session.contenders[0].samples.size(), 4u);
    EXPECT_EQ(notes.lived, std::vector<std::string>(4, "native in company"));
    EXPECT_EQ(notes.most_together, 4);
  }
}

TEST_F(BenchRunner, WhatIsStoppedKeepsWhatItHas) {
  add("native");
  inputs.makers.emplace_back([this]() -> Result<std::unique_ptr<Contender>> {
    class Stopping final : public Contender {
     public:
      explicit Stopping(std::atomic<bool>& stop) : stop_(stop) {}
      BenchContender describe() const override { return {.name = "stopping"}; }
      BenchSample live(Company) override {
        stop_ = ++lives_ == 3;
        return {};
      }

     private:
      std::atomic<bool>& stop_;
      int lives_ = 0;
    };
    return std::make_unique<Stopping>(stop);
  });
  const BenchSession session = play();
  EXPECT_TRUE(session.interrupted);
  EXPECT_EQ(session.contenders[1].samples.size(), 3u);
}

TEST_F(BenchRunner, NobodyIsMeasuredWhereOneCannotBeMade) {
  add("native");
  inputs.makers.emplace_back(
      []() -> Result<std::unique_ptr<Contender>> { return fail("no such engine", Fault::unavailable); });
  BenchObserver nobody;
  const auto session = play_session(inputs, nobody, stop);
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().what, "no such engine");
  EXPECT_TRUE(notes.lived.empty());
}

}  // namespace
}  // namespace bottle
