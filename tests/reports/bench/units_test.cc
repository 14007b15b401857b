#include "reports/bench/units.h"

#include <gtest/gtest.h>

#include <cmath>

namespace bottle {
namespace {

TEST(Units, NumbersHaveThreeDigitsAndNothingIsADash) {
  EXPECT_EQ(three_digits(0.0824), "0.082");
  EXPECT_EQ(three_digits(0.9996), "1.00");
  EXPECT_EQ(three_digits(9.996), "10.0");
  EXPECT_EQ(three_digits(99.96), "100");
  EXPECT_EQ(three_digits(1454.4), "1454");
  EXPECT_EQ(three_digits(0.0), "0.000");
  EXPECT_EQ(three_digits(std::nan("")), "-");
  EXPECT_EQ(three_digits(std::nullopt), "-");
  EXPECT_EQ(three_digits(Interval{1, std::nan("")}), "-");
  EXPECT_EQ(three_digits(Interval{40.8, 42.04}), "40.8-42.0");
}

TEST(Units, DurationsTakeTheUnitThatFits) {
  EXPECT_EQ(with_unit(812e3), "812 us");
  EXPECT_EQ(with_unit(999.9e3), "1.00 ms");
  EXPECT_EQ(with_unit(41.24e6), "41.2 ms");
  EXPECT_EQ(with_unit(1.236e9), "1.24 s");
  EXPECT_EQ(milliseconds(41.24e6), "41.2");
  EXPECT_EQ(mebibytes(3.0 * 1024 * 1024), "3.00");
}

TEST(Units, AChangeHasItsSign) {
  EXPECT_EQ(percent_change(1.124), "+12 %");
  EXPECT_EQ(percent_change(1.0124), "+1.2 %");
  EXPECT_EQ(percent_change(0.5), "-50 %");
}

TEST(Units, ATimeIsCutToItsMinuteAndAnythingElseIsLeftAsItIs) {
  EXPECT_EQ(minute_of("2026-11-21T03:24:07Z"), "2026-11-21 03:24");
  EXPECT_EQ(minute_of("yesterday"), "yesterday");
}

}  // namespace
}  // namespace bottle
