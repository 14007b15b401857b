#include "harness/bench/noise.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/bench/figures.h"

namespace bottle {
namespace {

constexpr double kMostTail = 3;       // native's p90 / median
constexpr double kMostDrift = 2;      // largest median of a block of native's samples / smallest
constexpr double kMostPressure = 20;  // percent
constexpr double kMostSteal = 2;      // percent
constexpr std::size_t kBlock = 10, kMostBlocks = 6;

double drift_of(const Samples& in_order) {
  const std::size_t blocks = std::min(in_order.size() / kBlock, kMostBlocks);
  if (blocks < 2) return 1;
  Samples medians;
  for (std::size_t i = 0; i < blocks; ++i) {
    const auto begin = static_cast<std::ptrdiff_t>(in_order.size() * i / blocks);
    const auto end = static_cast<std::ptrdiff_t>(in_order.size() * (i + 1) / blocks);
    medians.push_back(median(Samples(in_order.begin() + begin, in_order.begin() + end)));
  }
  return *std::max_element(medians.begin(), medians.end()) / *std::min_element(medians.begin(), medians.end());
}

}  // namespace

std::string too_noisy(const BenchSession& session) {
  const BenchNoise& noise = session.noise;
  if (noise.pressure && *noise.pressure > kMostPressure)
    return fmt::format(
        "work waited for a processor {:.0f} % of the time before the session began; over {:.0f} % says "
        "nothing",
        *noise.pressure, kMostPressure);
  if (noise.steal && *noise.steal > kMostSteal)
    return fmt::format(
        "the host of this virtual machine took {:.1f} % of its processor time; over {:.0f} % says nothing",
        *noise.steal, kMostSteal);
  const BenchContender* native = find_contender(session, kNative);
  if (native == nullptr) return "there is no native control to compare with";
  const Samples starts = cold_starts(*native);
  if (starts.size() < kFewestRounds)
    return fmt::format("native, the control, has {} good samples; {} are needed", starts.size(), kFewestRounds);
  const double middle = median(starts), tail = quantile(starts, 0.9) / middle;
  if (tail > kMostTail)
    return fmt::format(
        "native, the control, took {:.1f} times its median in one of ten rounds; over {:.0f} says nothing", tail,
        kMostTail);
  const double drift = drift_of(starts);
  if (drift > kMostDrift)
    return fmt::format(
        "native, the control, was {:.1f} times slower in one part of the session than in another; over "
        "{:.0f} says nothing",
        drift, kMostDrift);
  return "";
}

std::string too_broken(const BenchContender& contender) {
  std::size_t all = 0, failed = 0;
  const std::string* problem = nullptr;
  for (const BenchSample& sample : contender.samples) {
    if (sample.warm_up) continue;
    ++all;
    if (sample.ok()) continue;
    ++failed;
    if (problem == nullptr) problem = &sample.problem;
  }
  if (20 * failed > all) return fmt::format("{} of its {} samples failed, the first: {}", failed, all, *problem);
  return "";
}

}  // namespace bottle
