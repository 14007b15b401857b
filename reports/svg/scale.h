// From values to places along an axis, and where its ticks stand: at 1, 2 and 5 times powers of ten.
#pragma once

#include <vector>

namespace bottle {

class Scale {
 public:
  // From 0 where the values are of one size; logarithmic where the most is over eight times the least.
  static Scale of_durations(double least, double most, double from, double to);
  // Around the values, not from 0: for a series whose small changes matter.
  static Scale around(double least, double most, double from, double to);

  double at(double value) const;
  std::vector<double> ticks() const;
  bool logarithmic() const { return logarithmic_; }

 private:
  double low_ = 0, high_ = 1, from_ = 0, to_ = 1;
  bool logarithmic_ = false;
};

}  // namespace bottle
