#include "harness/hole.h"

#include <gmock/gmock.h>

#include <set>

#include "temp_folder.h"

namespace bottle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::SizeIs;

const std::string kWords = "title = 't'\nwhy = 'w'\n";

std::string error_of(const std::string& text) {
  const TempFolder folder;
  folder.write("h.toml", text);
  const auto holes = Hole::read_all(folder.path());
  return holes ? "" : holes.error().what;
}

TEST(Hole, OurOwnHolesAreReadable) {
  const auto holes = Hole::read_all(BOTTLE_SOURCE_DIR "/fixtures/holes");
  ASSERT_TRUE(holes) << holes.error().what;
  std::set<std::string> names;
  for (const Hole& hole : *holes) names.insert(hole.name);
  EXPECT_THAT(names, IsSupersetOf({"no-walls", "dlp-off", "egress-on-all-interfaces", "resolver-open",
                                   "git-scanner-off", "no-network", "pipelock-dead", "dns-dead"}));
}

TEST(Hole, AHoleIsNamedAfterItsFile) {
  const TempFolder folder;
  folder.write("wide-open.toml",
               kWords + "kind = 'open'\nbottle = ['no-walls']\nbundle = ['dlp-off']\nopens = ['a.*', 'b[x=1]']\n");
  const auto holes = Hole::read_all(folder.path());
  ASSERT_TRUE(holes) << holes.error().what;
  ASSERT_THAT(*holes, SizeIs(1));
  const Hole& hole = holes->front();
  EXPECT_EQ(hole.name, "wide-open");
  EXPECT_EQ(hole.kind, Hole::Kind::open);
  EXPECT_THAT(hole.bottle, ElementsAre("no-walls"));
  EXPECT_THAT(hole.bundle, ElementsAre("dlp-off"));
  EXPECT_THAT(hole.opens, ElementsAre("a.*", "b[x=1]"));
}

TEST(Hole, AHoleInWhichNothingIsWrongProvesNothing) {
  EXPECT_THAT(error_of(kWords + "kind = 'open'\nopens = ['a']\n"), HasSubstr("nothing is wrong in this hole"));
}

TEST(Hole, AHoleThatPromisesNothingProvesNothing) {
  EXPECT_THAT(error_of(kWords + "kind = 'open'\nlab = ['x']\n"), HasSubstr("must say what it opens"));
  EXPECT_THAT(error_of(kWords + "kind = 'dead'\nlab = ['x']\nneeds = []\n"), HasSubstr("must say what it needs"));
  EXPECT_THAT(error_of(kWords + "kind = 'dead'\nlab = ['x']\nneeds = ['a']\nopens = ['b']\n"),
              HasSubstr("h.toml:6: \"opens\" is not for a hole of this kind"));
}

TEST(Hole, WhatItReachesOfTheBundleIsAWordThatBackendsKnow) {
  const std::string open = kWords + "kind = 'open'\nbundle = ['x']\nopens = ['a']\n";
  EXPECT_EQ(error_of(open + "reaches = ['ports', 'resolver']\n"), "");
  EXPECT_THAT(error_of(open + "reaches = ['port']\n"), HasSubstr("the bundle's \"port\"? There are its"));
}

TEST(Hole, ALiarMayChangeNothing) {
  EXPECT_EQ(error_of(kWords + "kind = 'hostile'\nagent = ['x']\n"), "");
  EXPECT_THAT(error_of(kWords + "kind = 'hostile'\nagent = ['x']\nopens = ['b']\n"), HasSubstr("is not for a hole"));
}

TEST(Hole, UnknownKindsAreErrors) {
  EXPECT_THAT(error_of(kWords + "kind = 'ded'\nlab = ['x']\nopens = ['a']\n"), HasSubstr("did you mean \"dead\"?"));
}

}  // namespace
}  // namespace bottle
