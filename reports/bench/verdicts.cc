#include "reports/bench/verdicts.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/bench/units.h"
#include "reports/columns.h"

namespace bottle {
namespace {

Tone tone_of(BenchVerdict verdict) {
  switch (verdict) {
    case BenchVerdict::ok:
    case BenchVerdict::improved: return Tone::good;
    case BenchVerdict::no_baseline:
    case BenchVerdict::inconclusive:
    case BenchVerdict::suspected: return Tone::doubt;
    case BenchVerdict::regression:
    case BenchVerdict::over_budget: return Tone::bad;
  }
  return Tone::plain;
}

// The worst of them, and what it is said of.
template <class Item>
BenchSentence worst_of(const std::vector<Item>& items, std::string Item::*about, const char* nothing) {
  if (items.empty()) return {"NOTHING COMPARED", {}, nothing, Tone::doubt};
  const BenchVerdict worst = std::ranges::max_element(items, {}, &Item::verdict)->verdict;  // in order of gravity
  BenchSentence headline{words_for(worst), {}, {}, tone_of(worst)};
  std::ranges::transform(headline.verdict, headline.verdict.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  for (const Item& item : items)
    if (item.verdict == worst) headline.about += (headline.about.empty() ? "" : ", ") + item.*about;
  return headline;
}

std::string figures_text(const Comparison& comparison) {
  std::string text = comparison.reason + " (";
  if (comparison.interval)
    text += fmt::format("ratio {}, 99 % {}; ", three_digits(comparison.ratio), three_digits(*comparison.interval));
  else
    text += fmt::format("ratio {}; ", three_digits(comparison.ratio));
  const std::string p = comparison.p < 0.0001 ? "< 0.0001" : fmt::format("{:.4f}", comparison.p);
  return text + fmt::format("Mann-Whitney p {}, {} and {} samples)", p, comparison.samples_a, comparison.samples_b);
}

}  // namespace

std::string words_for(BenchVerdict verdict) {
  std::string words(name_of(verdict));
  std::ranges::replace(words, '_', ' ');
  return words;
}

std::vector<BenchSentence> sentences_of(const BenchCheck& check) {
  std::vector<BenchSentence> sentences;
  for (const ContenderCheck& contender : check.contenders)
    sentences.push_back(
        {words_for(contender.verdict), contender.contender, contender.reason, tone_of(contender.verdict)});
  for (const std::string& note : check.notes) sentences.push_back({"note", {}, note, Tone::faint});
  return sentences;
}

std::vector<BenchSentence> sentences_of(const BenchComparison& comparison) {
  std::vector<BenchSentence> sentences;
  for (const Comparison& one : comparison.comparisons)
    sentences.push_back({words_for(one.verdict), one.what, figures_text(one), tone_of(one.verdict)});
  for (const std::string& note : comparison.notes) sentences.push_back({"note", {}, note, Tone::faint});
  return sentences;
}

BenchSentence headline_of(const BenchCheck& check) {
  return worst_of(check.contenders, &ContenderCheck::contender, "no contender could be checked");
}

BenchSentence headline_of(const BenchComparison& comparison) {
  return worst_of(comparison.comparisons, &Comparison::what, "nothing is on both sides");
}

void write_sentences(Page& page, const std::vector<BenchSentence>& sentences) {
  for (const BenchSentence& sentence : sentences) {
    const std::string about = sentence.about.empty() ? std::string() : cut_to(sentence.about, kLongestLabel) + ": ";
    page.entry(0, {sentence.verdict, sentence.tone}, 14, {about + sentence.text});
  }
}

void write_comparison(const BenchComparison& comparison, std::ostream& out, const ConsoleStyle& style) {
  Page page(out, style);
  if (!style.quiet) {
    page.text(0, {fmt::format("{} against {}", comparison.b, comparison.a), Tone::strong});
    page.blank();
    write_sentences(page, sentences_of(comparison));
    page.blank();
  }
  const BenchSentence headline = headline_of(comparison);
  page.line({{headline.verdict, headline.tone}, {"  " + headline.about + headline.text}});
}

}  // namespace bottle
