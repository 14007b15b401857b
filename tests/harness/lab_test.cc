#include "harness/lab.h"

#include <gmock/gmock.h>

namespace bottle {
namespace {

std::string problem(const std::vector<std::int64_t>& times) {
  std::vector<Arrival> arrivals;
  for (const std::int64_t time : times) arrivals.push_back({.number = arrivals.size() + 1, .at_ns = time});
  const auto checked = check_times(arrivals, 100, 200);
  return checked ? "" : checked.error().what;
}

TEST(Lab, TimesThatCanBe) {
  EXPECT_EQ(problem({}), "");
  EXPECT_EQ(problem({100, 100, 150, 200}), "");
}

TEST(Lab, TimesThatCannotBe) {
  EXPECT_THAT(problem({99}), testing::HasSubstr("runs backwards at arrival 1"));
  EXPECT_THAT(problem({150, 201}), testing::HasSubstr("ahead of ours at arrival 2"));
  EXPECT_THAT(problem({150, 140, 160}), testing::HasSubstr("runs backwards at arrival 2"));
}

TEST(Lab, AClockThatSaysATimeBetweenOursIsOurs) {
  for (const std::int64_t theirs : {100, 150, 200}) {
    const LabClock clock = LabClock::between(100, theirs, 200);
    EXPECT_EQ(clock.ahead_ns, 0);
    EXPECT_EQ(clock.tolerance_ns, 0);
  }
}

TEST(Lab, AnyOtherIsTranslatedAsWellAsItsAnswerWasQuick) {
  const LabClock behind = LabClock::between(1000, 10, 1100);
  EXPECT_EQ(10 + behind.ahead_ns, 1050);
  const LabClock ahead = LabClock::between(1000, 5'000'000, 1100);
  EXPECT_EQ(5'000'000 + ahead.ahead_ns, 1050);
  for (const LabClock& clock : {behind, ahead}) {  // wherever between the two it was said
    EXPECT_GE(clock.tolerance_ns, 50);
    EXPECT_LE(clock.tolerance_ns, 51);
  }
}

}  // namespace
}  // namespace bottle
