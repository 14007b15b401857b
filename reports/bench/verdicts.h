// What a check, a comparison or a budget says, a sentence for each contender or metric.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "reports/bench/report.h"
#include "reports/page.h"

namespace bottle {

struct BenchSentence {
  std::string verdict = {};  // "regression", "over budget"
  std::string about = {};
  std::string text = {};
  Tone tone = Tone::plain;
};

std::vector<BenchSentence> sentences_of(const BenchCheck& check);
std::vector<BenchSentence> sentences_of(const BenchComparison& comparison);

// "REGRESSION", "INCONCLUSIVE", "OK": the worst that is said.
BenchSentence headline_of(const BenchCheck& check);
BenchSentence headline_of(const BenchComparison& comparison);

std::string words_for(BenchVerdict verdict);

// A comparison that stands for itself, as of two files of Google Benchmark's.
void write_comparison(const BenchComparison& comparison, std::ostream& out, const ConsoleStyle& style);
void write_sentences(Page& page, const std::vector<BenchSentence>& sentences);

}  // namespace bottle
