#include "harness/stats/random.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>

namespace bottle {
namespace {

TEST(Random, IsSplitmix64) {
  Random random(1234567);
  for (const std::uint64_t expected :
       {6457827717110365317u, 3203168211198807973u, 9817491932198370423u, 4593380528125082431u, 16408922859458223821u})
    EXPECT_EQ(random.next(), expected);
}

TEST(Random, DrawsEachNumberBelowAsOften) {
  Random random(1);
  std::vector<int> drawn(7, 0);
  for (int i = 0; i < 70'000; ++i) ++drawn[static_cast<std::size_t>(random.below(7))];
  for (const int times : drawn) EXPECT_NEAR(times, 10'000, 400);  // 4.3 standard deviations
}

TEST(Random, ShufflesIntoEveryOrderAsOften) {
  Random random(2);
  std::vector<int> times(27, 0);
  for (int i = 0; i < 60'000; ++i) {
    std::vector<int> items = {0, 1, 2};
    random.shuffle(items);
    ++times[static_cast<std::size_t>(items[0] * 9 + items[1] * 3 + items[2])];
  }
  EXPECT_EQ(std::count(times.begin(), times.end(), 0), 21);
  for (const int each : times) EXPECT_NEAR(each, each == 0 ? 0 : 10'000, 400);
}

TEST(Random, TheSameSeedGivesTheSameOrder) {
  std::vector<int> one(50), other(50), third(50);
  std::iota(one.begin(), one.end(), 0);
  other = third = one;
  Random(9).shuffle(one);
  Random(9).shuffle(other);
  Random(10).shuffle(third);
  EXPECT_EQ(one, other);
  EXPECT_NE(one, third);
}

}  // namespace
}  // namespace bottle
