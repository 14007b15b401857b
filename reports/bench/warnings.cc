#include "reports/bench/warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "harness/bench/noise.h"
#include "harness/safe_text.h"
#include "reports/bench/units.h"

namespace bottle {
namespace {

constexpr std::size_t kShownReasons = 5;
constexpr double kOutlier = 14.826;  // times the MAD; as Summary::outliers counts them

std::string plural(std::size_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// The reasons, the most frequent first, each with how often it was met.
std::string reasons_of(const BenchContender& contender) {
  std::map<std::string, std::size_t> counts;
  for (const BenchSample& sample : contender.samples)
    if (!sample.warm_up && !sample.ok()) ++counts[sample.problem];
  std::vector<std::pair<std::string, std::size_t>> reasons(counts.begin(), counts.end());
  std::ranges::stable_sort(reasons, [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (std::size_t i = 0; i < std::min(reasons.size(), kShownReasons); ++i) {
    text += text.empty() ? "" : "; ";
    if (reasons.size() > 1 && reasons[i].second > 1) text += fmt::format("{} times: ", reasons[i].second);
    text += safe_line(reasons[i].first, 200);
  }
  if (reasons.size() > kShownReasons) text += fmt::format("; and {} more reasons", reasons.size() - kShownReasons);
  return text;
}

void warn_of_failures(const BenchContender& contender, const BenchFigures& figures, std::vector<BenchWarning>& all) {
  if (figures.failed > 0)
    all.push_back(
        {contender.name,
         fmt::format("{} of {} failed: {}", figures.failed, plural(figures.samples, "sample"), reasons_of(contender)),
         true});
  const auto warm = std::ranges::count_if(contender.samples, [](const auto& s) { return s.warm_up && !s.ok(); });
  if (warm > 0)
    all.push_back({contender.name, fmt::format("{} failed, too", plural(static_cast<std::size_t>(warm), "warm-up"))});
  if (figures.samples == 0) all.push_back({contender.name, "not measured: there are no samples", true});
}

void warn_of_outliers(const BenchContender& contender, const BenchFigures& figures, std::vector<BenchWarning>& all) {
  const Summary& summary = figures.cold_start;
  if (summary.outliers == 0) return;
  const bool several = summary.outliers > 1;
  all.push_back({contender.name, fmt::format("{} far off the others (the slowest took {}); {} kept",
                                             several ? fmt::format("{} samples are", summary.outliers) : "1 sample is",
                                             with_unit(summary.most), several ? "they are" : "it is")});
  const double first = cold_starts(contender).front();
  if (first - summary.median > kOutlier * summary.mad)
    all.push_back({contender.name, fmt::format("the first counted sample was slow ({} against a median of {}): more "
                                               "warm-ups would help",
                                               with_unit(first), with_unit(summary.median))});
}

void warn_of_the_session(const BenchReport& report, std::vector<BenchWarning>& all) {
  const BenchSession& session = report.session;
  if (session.interrupted)
    all.push_back(
        {"session", fmt::format("interrupted: {} of {} rounds were played", rounds_played(session), session.rounds)});
  if (const std::string noise = too_noisy(session); !noise.empty()) all.push_back({"session", noise});
}

}  // namespace

std::vector<BenchWarning> warnings_of(const BenchReport& report) {
  std::vector<BenchWarning> all;
  warn_of_the_session(report, all);
  for (std::size_t i = 0; i < report.session.contenders.size(); ++i) {
    warn_of_failures(report.session.contenders[i], report.figures[i], all);
    warn_of_outliers(report.session.contenders[i], report.figures[i], all);
  }
  return all;
}

int rounds_played(const BenchSession& session) {
  std::set<int> rounds;
  for (const BenchContender& contender : session.contenders)
    for (const BenchSample& sample : contender.samples)
      if (!sample.warm_up) rounds.insert(sample.round);
  return static_cast<int>(rounds.size());
}

std::string rounds_sentence(const BenchSession& session) {
  const int played = rounds_played(session);
  const std::string rounds = played == session.rounds ? fmt::format("{} round{}", played, played == 1 ? "" : "s")
                                                      : fmt::format("{} of {} rounds", played, session.rounds);
  switch (session.mode) {
    case BenchMode::sequential: return rounds + ", one bottle after the other";
    case BenchMode::staggered:
      return fmt::format("{}, one bottle every {}", rounds, with_unit(static_cast<double>(session.gap)));
    case BenchMode::burst: return fmt::format("{}, {} bottles at once", rounds, session.at_once);
  }
  return rounds;
}

}  // namespace bottle
