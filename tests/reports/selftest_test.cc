// The self-test's reports: what is wrong is named, what is right is counted.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "reports/selftest_json.h"
#include "reports/selftest_text.h"

namespace bottle {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

SelftestRecord record() {
  SelftestRecord made{.tool_version = "0.1.0", .started = "2026-11-21T03:24:00Z", .backend = "namespaces"};
  made.profile = "sample";
  made.cases = {"denied-host.one", "denied-host.two", "dns-exfil.one"};
  made.wall_ns = 2'000'000'000;
  const auto cell = [](const char* id, Promise promise, Verdict verdict, Grade grade) {
    return SelftestCell{id, "x=1", promise, verdict, grade, "because"};
  };
  made.bottles = {{.name = "sound",
                   .kind = "sound",
                   .cells = {cell("denied-host.one", Promise::contained, Verdict::contained, Grade::kept),
                             cell("denied-host.two", Promise::contained, Verdict::contained, Grade::kept)}},
                  {.name = "wide-open",
                   .kind = "open",
                   .cells = {cell("denied-host.one", Promise::leaked, Verdict::leaked, Grade::kept),
                             cell("denied-host.two", Promise::contained, Verdict::contained, Grade::kept)}},
                  {.name = "asleep",
                   .kind = "dead",
                   .cells = {cell("denied-host.one", Promise::unproven, Verdict::inconclusive, Grade::kept),
                             cell("denied-host.two", Promise::contained, Verdict::contained, Grade::kept)}}};
  return made;
}

TEST(SelftestText, SaysWhatWasCaught) {
  const std::string text = selftest_text(record());
  EXPECT_THAT(text, HasSubstr("wide-open                   |X.| "));
  EXPECT_THAT(text, HasSubstr("asleep                      |?.| "));
  EXPECT_THAT(text, HasSubstr("holes caught     2 of 2"));
  EXPECT_THAT(text, HasSubstr("SOUND  every check bites.  3 bottles on namespaces: 1 open, 1 dead, 0 hostile and a "
                              "sound one, in 2.00 s"));
}

TEST(SelftestText, NamesEveryMistake) {
  SelftestRecord wrong = record();
  SelftestCell& cell = wrong.bottles[1].cells[0];
  cell.verdict = Verdict::contained;
  cell.grade = Grade::false_pass;
  const std::string text = selftest_text(wrong);
  EXPECT_THAT(text, AllOf(HasSubstr("wide-open                   |P.| "), HasSubstr("false passes          1"),
                          HasSubstr("wide-open: denied-host.one[x=1] promised leaked, was contained: because"),
                          HasSubstr("UNSOUND")));
}

TEST(SelftestText, DoesNotCallAnInterruptedOneSound) {
  SelftestRecord cut = record();
  cut.interrupted = true;
  EXPECT_THAT(selftest_text(cut), AllOf(HasSubstr("INTERRUPTED"), Not(HasSubstr("SOUND  "))));
}

TEST(SelftestText, SaysWhatCouldNotBeRun) {
  SelftestRecord some = record();
  some.bottles[1].problem = "no disk";
  some.bottles[2].unsupported = "no such switch";
  EXPECT_THAT(selftest_text(some), AllOf(HasSubstr("could not be run: no disk"),
                                         HasSubstr("not on this backend: no such switch"), HasSubstr("not run")));
}

TEST(SelftestText, SaysWhatLeaksInEveryBottle) {
  SelftestRecord some = record();
  for (SelftestBottle& bottle : some.bottles) {
    bottle.cells[1].promise = Promise::known_gap;
    bottle.cells[1].verdict = Verdict::leaked;
  }
  EXPECT_THAT(selftest_text(some), AllOf(HasSubstr("wide-open                   |Xg| "), HasSubstr("SOUND  "),
                                         HasSubstr("1 variant leaks in every bottle of this backend")));
  const auto json = nlohmann::json::parse(selftest_json(some));
  EXPECT_EQ(json.at("figures").at("known_gaps"), 1);
  EXPECT_EQ(json.at("bottles").at(0).at("cells").at(1).at("promise"), "known gap");
}

TEST(SelftestText, SaysWhatRestsOnALiarsWord) {
  SelftestRecord some = record();
  some.bottles[1].cells[1].promise = Promise::believed;
  EXPECT_THAT(selftest_text(some), AllOf(HasSubstr("SOUND  "), HasSubstr("1 verdict rests on the word of an agent")));
  const auto json = nlohmann::json::parse(selftest_json(some));
  EXPECT_EQ(json.at("figures").at("believed"), 1);
  EXPECT_EQ(json.at("bottles").at(1).at("cells").at(1).at("promise"), "believed");
}

TEST(SelftestText, SaysWhichBottlesRanTwice) {
  SelftestRecord some = record();
  some.bottles[1].asked_again = {some.bottles[1].cells[1]};
  EXPECT_THAT(selftest_text(some), AllOf(HasSubstr("1 bottle ran twice"), HasSubstr("SOUND  ")));
  std::ostringstream verbose;
  write_selftest(some, verbose, {.verbose = true});
  EXPECT_THAT(verbose.str(), HasSubstr("wide-open: denied-host.two[x=1] had no verdict the first time: because"));
  const auto json = nlohmann::json::parse(selftest_json(some));
  EXPECT_EQ(json.at("figures").at("asked_again"), 1);
  EXPECT_EQ(json.at("bottles").at(1).at("asked_again").at(0).at("case"), "denied-host.two");
}

TEST(SelftestJson, HoldsTheFiguresAndEveryCell) {
  const auto json = nlohmann::json::parse(selftest_json(record()));
  EXPECT_EQ(json.at("schema"), "bottle-verify/selftest/v1");
  EXPECT_EQ(json.at("figures").at("caught"), 2);
  EXPECT_EQ(json.at("figures").at("sound"), true);
  EXPECT_EQ(json.at("bottles").at(1).at("cells").at(0).at("grade"), "kept");
}

}  // namespace
}  // namespace bottle
