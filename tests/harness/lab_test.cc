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

}  // namespace
}  // namespace bottle
