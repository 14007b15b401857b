// Random numbers that are the same on every compiler, system and library: splitmix64, and Lemire's draw of a number
// below another. A seed in a report reproduces an order or an interval to the last digit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace bottle {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();
  // 0 .. bound - 1, each as likely; bound must not be 0.
  std::uint64_t below(std::uint64_t bound);

  // Fisher-Yates.
  template <class Item>
  void shuffle(std::vector<Item>& items) {
    for (std::size_t left = items.size(); left > 1; --left)
      std::swap(items[left - 1], items[static_cast<std::size_t>(below(left))]);
  }

 private:
  std::uint64_t state_;
};

}  // namespace bottle
