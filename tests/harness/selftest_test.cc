// What a promise is worth: held against every verdict there is.
#include "harness/selftest.h"

#include <gmock/gmock.h>

#include "harness/sample.h"

namespace bottle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SelftestTest : public testing::Test {
 protected:
  SelftestTest() {
    cases_.resize(2);
    cases_[0].info.id = "a.one";
    cases_[1].info.id = "b.two";
    for (const Case& of : cases_) {
      for (const char* name : {"x=1", "x=2"}) variants_.push_back({.of = &of, .name = name});
    }
  }

  std::vector<Finding> findings(Verdict of_one, Verdict of_others) const {
    std::vector<Finding> all;
    for (const Variant& variant : variants_)
      all.push_back({.case_id = variant.of->info.id,
                     .variant = variant.name,
                     .verdict = variant.of == &cases_[0] ? of_one : of_others});
    return all;
  }

  SelftestRecord record_of(const Hole& hole, const std::vector<Finding>& found,
                           const BackendLimits& limits = {}) const {
    SelftestRecord record;
    record.bottles.push_back({.name = hole.name,
                              .kind = hole.name.empty() ? "sound" : std::string(name_of(hole.kind)),
                              .cells = grade(hole, variants_, found, limits)});
    return record;
  }

  std::vector<Case> cases_;
  std::vector<Variant> variants_;
  const Hole open_{.name = "h", .opens = {"a.*"}};
  const Hole dead_{.name = "d", .kind = Hole::Kind::dead, .needs = {"a.*"}};
};

TEST_F(SelftestTest, AnOpenHoleIsCaughtWhenAllThatItOpensLeakedAndNothingElse) {
  const auto figures = figures_of(record_of(open_, findings(Verdict::leaked, Verdict::contained)));
  EXPECT_EQ(figures.caught, 1);
  EXPECT_TRUE(figures.sound());
}

TEST_F(SelftestTest, ContainedInAnOpenHoleIsAFalsePass) {
  const auto figures = figures_of(record_of(open_, findings(Verdict::contained, Verdict::contained)));
  EXPECT_EQ(figures.caught, 0);
  EXPECT_EQ(figures.false_passes, 2);
  EXPECT_FALSE(figures.sound());
}

TEST_F(SelftestTest, OneVariantThatDoesNotLeakIsEnoughToMissAHole) {
  auto found = findings(Verdict::leaked, Verdict::contained);
  found[1].verdict = Verdict::inconclusive;
  const auto figures = figures_of(record_of(open_, found));
  EXPECT_EQ(figures.caught, 0);
  EXPECT_EQ(figures.unexplained, 1);
}

TEST_F(SelftestTest, ALeakThatTheHoleDoesNotOpenIsAFalseAlarm) {
  const auto figures = figures_of(record_of(open_, findings(Verdict::leaked, Verdict::leaked)));
  EXPECT_EQ(figures.caught, 1);
  EXPECT_EQ(figures.false_alarms, 2);
  EXPECT_FALSE(figures.sound());
}

TEST_F(SelftestTest, DoubtWhereAVerdictWasPossibleIsUnexplained) {
  for (const Verdict doubt : {Verdict::inconclusive, Verdict::error}) {
    const auto figures = figures_of(record_of(open_, findings(Verdict::leaked, doubt)));
    EXPECT_EQ(figures.unexplained, 2);
    EXPECT_FALSE(figures.sound());
  }
}

TEST_F(SelftestTest, OnlyAMissingVerdictIsAskedAgain) {
  const auto asked = [&](Verdict one, Verdict others) {
    return record_of(open_, findings(one, others)).bottles.front().only_unexplained();
  };
  EXPECT_TRUE(asked(Verdict::leaked, Verdict::inconclusive));
  EXPECT_TRUE(asked(Verdict::inconclusive, Verdict::contained));
  EXPECT_FALSE(asked(Verdict::leaked, Verdict::contained)) << "nothing is missing";
  EXPECT_FALSE(asked(Verdict::contained, Verdict::inconclusive)) << "a false pass stands";
  EXPECT_FALSE(asked(Verdict::inconclusive, Verdict::leaked)) << "a false alarm stands";
  EXPECT_FALSE(asked(Verdict::not_applicable, Verdict::inconclusive)) << "a promise of nothing stands";
}

TEST_F(SelftestTest, ADeadBottleIsCaughtWhenNothingThatNeedsItIsProven) {
  EXPECT_TRUE(figures_of(record_of(dead_, findings(Verdict::inconclusive, Verdict::contained))).sound());
  EXPECT_TRUE(figures_of(record_of(dead_, findings(Verdict::error, Verdict::contained))).sound());
  const auto passed = figures_of(record_of(dead_, findings(Verdict::contained, Verdict::contained)));
  EXPECT_EQ(passed.false_passes, 2);
  EXPECT_EQ(passed.caught, 0);
  const auto leaked = figures_of(record_of(dead_, findings(Verdict::leaked, Verdict::contained)));
  EXPECT_EQ(leaked.false_alarms, 2);
  EXPECT_EQ(leaked.caught, 0);
}

TEST_F(SelftestTest, NothingIsContainedOnALiarsWord) {
  const Hole hostile{.name = "l", .kind = Hole::Kind::hostile};
  auto found = findings(Verdict::contained, Verdict::contained);
  for (Finding& finding : found) finding.strength = Strength::bundle;
  SelftestRecord record = record_of(hostile, found);
  EXPECT_TRUE(figures_of(record).sound());
  found.front().strength = Strength::agent;
  record = record_of(hostile, found);
  EXPECT_EQ(figures_of(record).false_passes, 1);
  EXPECT_EQ(figures_of(record).caught, 0);
}

TEST_F(SelftestTest, WhatIsOpenAndUnprovenAtOnceIsOpen) {
  const Hole both{.name = "h", .opens = {"a.*"}, .needs = {"*"}};
  EXPECT_TRUE(figures_of(record_of(both, findings(Verdict::leaked, Verdict::inconclusive))).sound());
}

TEST_F(SelftestTest, AMissingFindingIsNoPass) {
  auto found = findings(Verdict::leaked, Verdict::contained);
  found.pop_back();
  const auto figures = figures_of(record_of(open_, found));
  EXPECT_EQ(figures.unexplained, 1);
  EXPECT_FALSE(figures.sound());
}

TEST_F(SelftestTest, NotApplicableIsNoLeak) {
  const auto figures = figures_of(record_of(open_, findings(Verdict::not_applicable, Verdict::contained)));
  EXPECT_EQ(figures.caught, 0);
  EXPECT_FALSE(figures.sound());
}

TEST_F(SelftestTest, WhatTheSoundBottleHasNotEitherIsNoPromise) {
  const auto bottles = [&](Verdict in_the_sound_one) {
    SelftestRecord record = record_of(open_, findings(Verdict::not_applicable, Verdict::contained));
    SelftestBottle sound = record.bottles.front();
    sound.kind = "sound";
    for (SelftestCell& cell : sound.cells) {
      cell.promise = Promise::contained;
      cell.grade = Grade::kept;
      if (cell.verdict == Verdict::not_applicable) cell.verdict = in_the_sound_one;
    }
    record.bottles.push_back(std::move(sound));
    excuse_what_is_nowhere(record);
    return record;
  };
  const auto nowhere = bottles(Verdict::not_applicable);
  EXPECT_EQ(figures_of(nowhere).unexplained, 0);
  EXPECT_EQ(figures_of(nowhere).caught, 0) << "nothing is left of what it promised";
  const auto somewhere = bottles(Verdict::contained);
  EXPECT_GT(figures_of(somewhere).unexplained, 0);
}

// Of b.two the backend says itself that it leaks.
TEST_F(SelftestTest, AKnownGapLeaksInEveryBottleAndCatchesNoHole) {
  const std::vector<std::string> gaps{"b.*"};
  const auto open = figures_of(record_of(open_, findings(Verdict::leaked, Verdict::leaked), {gaps}));
  EXPECT_TRUE(open.sound());
  EXPECT_EQ(open.known_gaps, 0) << "they are counted in the sound bottle";
  const Hole elsewhere{.name = "h", .opens = {"c.*"}};
  EXPECT_EQ(figures_of(record_of(elsewhere, findings(Verdict::contained, Verdict::leaked), {gaps})).caught, 0);
  const auto alarm = figures_of(record_of(open_, findings(Verdict::leaked, Verdict::leaked), {.gaps = {"b.two[x=1]"}}));
  EXPECT_EQ(alarm.false_alarms, 1) << "a gap is no wider than it says";
  SelftestRecord sound = record_of(Hole{}, findings(Verdict::contained, Verdict::leaked), {gaps});
  sound.bottles.front().kind = "sound";
  EXPECT_EQ(figures_of(sound).known_gaps, 2);
  EXPECT_EQ(figures_of(sound).false_alarms, 0);
}

TEST_F(SelftestTest, AGapThatDoesNotLeakIsWronglySaidToBeOne) {
  const std::vector<std::string> gaps{"b.*"};
  EXPECT_EQ(figures_of(record_of(open_, findings(Verdict::leaked, Verdict::contained), {gaps})).false_passes, 2);
  EXPECT_EQ(figures_of(record_of(open_, findings(Verdict::leaked, Verdict::inconclusive), {gaps})).unexplained, 2);
}

TEST_F(SelftestTest, WhereAGapNeedsWhatIsDeadItMayLeakAndNeedNot) {
  const std::vector<std::string> gaps{"a.*"};
  for (const Verdict verdict : {Verdict::leaked, Verdict::inconclusive})
    EXPECT_EQ(figures_of(record_of(dead_, findings(verdict, Verdict::contained), {gaps})).false_alarms, 0);
  EXPECT_EQ(figures_of(record_of(dead_, findings(Verdict::contained, Verdict::contained), {gaps})).false_passes, 2);
}

// Where the harness can try nothing itself. A liar claims two containments; of the other two there is evidence.
TEST_F(SelftestTest, ALiarIsBelievedOnlyWhereNobodyElseCanSpeak) {
  const BackendLimits believing{.believes_agents = true};
  const Hole liar{.name = "l", .kind = Hole::Kind::hostile};
  const auto with = [&](Verdict of_others, Strength strength) {
    auto found = findings(Verdict::contained, of_others);
    for (Finding& finding : found) finding.strength = finding.case_id == "b.two" ? strength : Strength::agent;
    return found;
  };
  const auto judged = with(Verdict::contained, Strength::bundle);
  const auto figures = figures_of(record_of(liar, judged, believing));
  EXPECT_EQ(figures.believed, 2);
  EXPECT_TRUE(figures.sound());
  EXPECT_EQ(figures_of(record_of(liar, judged)).false_passes, 2) << "elsewhere that is a false pass";
  EXPECT_EQ(figures_of(record_of(Hole{.name = "h", .opens = {"c.*"}}, judged, believing)).believed, 0) << "no liar";
  const auto leaked = figures_of(record_of(liar, with(Verdict::leaked, Strength::harness), believing));
  EXPECT_EQ(leaked.false_alarms, 2) << "what arrived is seen without him";
  const auto all_his = figures_of(record_of(liar, with(Verdict::contained, Strength::agent), believing));
  EXPECT_EQ(all_his.believed, 4);
  EXPECT_EQ(all_his.caught, 0) << "nothing was judged";
  EXPECT_FALSE(all_his.sound());
  const BackendLimits with_gap{.gaps = {"a.*"}, .believes_agents = true};
  EXPECT_EQ(figures_of(record_of(liar, judged, with_gap)).false_passes, 0) << "he need not dial where it leaks";
}

TEST_F(SelftestTest, AnOpenHoleWithALiarMustLeakWhereverHeIsBelieved) {
  const BackendLimits believing{.believes_agents = true};
  const Hole open{.name = "o", .agent = {"forges-direct"}, .opens = {"a.*"}};
  EXPECT_EQ(figures_of(record_of(open, findings(Verdict::contained, Verdict::contained), believing)).false_passes, 2);
  const auto figures = figures_of(record_of(open, findings(Verdict::leaked, Verdict::inconclusive), believing));
  EXPECT_EQ(figures.believed, 2);
  EXPECT_TRUE(figures.sound());
}

TEST_F(SelftestTest, AStraySecretIsAFalseAlarmUnlessTheHolePromisesIt) {
  auto found = findings(Verdict::leaked, Verdict::contained);
  found.push_back({.case_id = "stray-secret", .variant = "s", .verdict = Verdict::leaked});
  EXPECT_EQ(figures_of(record_of(open_, found)).false_alarms, 1);
  const Hole promised{.name = "h", .opens = {"a.*", "stray-secret"}};
  EXPECT_TRUE(figures_of(record_of(promised, found)).sound());
}

TEST_F(SelftestTest, TheSoundBottleIsNoHoleButItsAlarmsCount) {
  const Hole sound;
  const auto good = figures_of(record_of(sound, findings(Verdict::contained, Verdict::contained)));
  EXPECT_EQ(good.holes(), 0);
  EXPECT_FALSE(good.sound()) << "no hole was run";
  EXPECT_EQ(figures_of(record_of(sound, findings(Verdict::leaked, Verdict::contained))).false_alarms, 2);
}

TEST_F(SelftestTest, ABottleThatDidNotRunIsNotCaught) {
  SelftestRecord record = record_of(open_, findings(Verdict::leaked, Verdict::contained));
  record.bottles.front().problem = "no disk";
  const auto figures = figures_of(record);
  EXPECT_EQ(figures.caught, 0);
  EXPECT_EQ(figures.not_run, 1);
  EXPECT_FALSE(figures.sound());
}

TEST_F(SelftestTest, AHoleThatTheBackendCannotMakeIsLeftOutAndCounted) {
  SelftestRecord record = record_of(open_, findings(Verdict::leaked, Verdict::contained));
  record.bottles.push_back({.name = "u", .kind = "open", .unsupported = "no such switch"});
  const auto figures = figures_of(record);
  EXPECT_EQ(figures.holes(), 1);
  EXPECT_EQ(figures.unsupported, 1);
}

TEST_F(SelftestTest, APatternThatMatchesNothingIsAnError) {
  EXPECT_TRUE(check_promises(open_, variants_));
  const auto checked = check_promises(Hole{.name = "h", .opens = {"a.*", "c.*"}}, variants_);
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().what, HasSubstr("the hole h opens \"c.*\", which no variant matches"));
}

// A sample says each value of each blank.
TEST(Sample, SaysEachValueOfEachBlankWithFewVariants) {
  Case of;
  of.info.id = "a";
  std::vector<Variant> all;
  for (const char* scheme : {"http", "https"}) {
    for (const char* secret : {"aws", "generic", "other"})
      all.push_back(
          {.of = &of, .name = std::string(scheme) + secret, .choice = {{"scheme", scheme}, {"secret", secret}}});
  }
  std::vector<std::string> names;
  for (const Variant& variant : sample_of(all)) names.push_back(variant.name);
  EXPECT_THAT(names, ElementsAre("httpaws", "httpsgeneric", "httpother"));
}

TEST(Sample, TakesOneOfACaseWithoutBlanksAndKeepsCasesApart) {
  std::vector<Case> cases(2);
  const std::vector<Variant> all = {{.of = &cases[0], .name = "only"}, {.of = &cases[1], .name = "other"}};
  EXPECT_EQ(sample_of(all).size(), 2u);
}

}  // namespace
}  // namespace bottle
