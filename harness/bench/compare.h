// A against B: two contenders of one interleaved session, or two files of Google Benchmark's.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/bench/session.h"
#include "harness/bench/verdict.h"
#include "harness/result.h"
#include "harness/stats/summary.h"

namespace bottle {

struct CompareLimits {
  double threshold = 0.05;  // relative; less is not worth a word
  double alpha = 0.01;      // after Holm's correction over all that is compared
};

struct Comparison {
  std::string what = {};  // "cold start", "first exec"; the name of a benchmark
  BenchVerdict verdict = BenchVerdict::ok;
  std::string reason = {};                // one sentence, with the numbers
  double ratio = 0;                       // b / a
  std::optional<Interval> interval = {};  // 99 %, paired by round; a file of Google Benchmark's has no rounds
  double p = 1;                           // Mann-Whitney, not corrected
  std::size_t samples_a = 0, samples_b = 0;
};

struct BenchComparison {
  std::string a = {}, b = {};
  std::vector<Comparison> comparisons = {};
  std::vector<std::string> notes = {};  // what is only on one side
};

// Cold start first, then the phases that both have. Fault::usage: no such contender.
Result<BenchComparison> compare_contenders(const BenchSession& session, std::string_view a, std::string_view b,
                                           const CompareLimits& limits = {});

// The text of two JSON files; the repetitions of a benchmark are its samples.
Result<BenchComparison> compare_google_benchmark(const std::string& a, const std::string& b,
                                                 const CompareLimits& limits = {});

// 0 nothing is worse; 1 a regression; 3 inconclusive.
int exit_code_of(const BenchComparison& comparison);

}  // namespace bottle
