#include "harness/bench/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/bench/figures.h"
#include "harness/bench/noise.h"

namespace bottle {
namespace {

// One session, or the one that raised the suspicion and the one that is to confirm it.
using Sessions = std::vector<const BenchSession*>;

std::vector<const BenchContender*> in_each(const Sessions& sessions, const std::string& name) {
  std::vector<const BenchContender*> found;
  for (const BenchSession* session : sessions)
    if (const BenchContender* contender = find_contender(*session, name)) found.push_back(contender);
  return found;
}

// The ratio that is over the level by this share of its slack.
double beyond(const Level& level, double share) { return level.ratio * (1 + share * level.slack); }
double usual_most(const Level& level) { return beyond(level, 1); }

// Of all rounds of all sessions together.
Samples pooled_logs(const Sessions& sessions, const std::vector<const BenchContender*>& contenders,
                    const BenchMetric& metric) {
  Samples logs;
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    const Samples each = log_ratios(*contenders[i], metric, *find_contender(*sessions[i], kNative), std::nullopt);
    logs.insert(logs.end(), each.begin(), each.end());
  }
  return logs;
}

class ContenderJudge {
 public:
  ContenderJudge(const Sessions& sessions, const std::string& name, const Baseline& baseline, const CheckLimits& limits)
      : sessions_(sessions), contenders_(in_each(sessions, name)), limits_(limits) {
    check_.contender = name;
    const auto found = baseline.find(name);
    if (found != baseline.end()) levels_ = &found->second;
  }

  ContenderCheck judge(const std::vector<Budget>& budgets) {
    if (const std::string why = why_inconclusive(); !why.empty()) {
      check_.verdict = BenchVerdict::inconclusive;
      check_.reason = why;
      return check_;
    }
    if (check_.contender != kNative) against_history();
    for (const Budget& budget : budgets)
      if (budget.contender == check_.contender) against(budget);
    return check_;
  }

 private:
  std::string why_inconclusive() const {
    if (contenders_.size() < sessions_.size()) return "it is not in the second session, which was to confirm the first";
    for (std::size_t i = 0; i < sessions_.size(); ++i) {
      if (std::string why = too_noisy(*sessions_[i]); !why.empty()) return why;
      if (std::string why = too_broken(*contenders_[i]); !why.empty()) return why;
    }
    return "";
  }

  void against_history() {
    if (levels_ == nullptr) {
      check_.verdict = BenchVerdict::no_baseline;
      check_.reason = fmt::format("fewer than {} sessions before it are comparable, so it is not compared with them",
                                  limits_.fewest);
      return;
    }
    for (const auto& [metric, level] : *levels_)
      if (const auto found = against(metric, level)) check_.metrics.push_back(*found);
    if (check_.metrics.empty()) {
      check_.verdict = BenchVerdict::inconclusive;
      check_.reason = fmt::format("under {} rounds have a good sample of it and of native", kFewestRounds);
      return;
    }
    for (const MetricCheck& each : check_.metrics) check_.verdict = std::max(check_.verdict, each.verdict);
    check_.reason = sentence();
  }

  std::optional<MetricCheck> against(const BenchMetric& metric, const Level& level) const {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < sessions_.size(); ++i) {
      const auto ratio = ratio_to_native(*sessions_[i], *contenders_[i], metric);
      if (!ratio) return std::nullopt;
      ratios.push_back(*ratio);
    }
    MetricCheck found{.metric = metric, .ratio = ratios[0], .level = level};
    const double least = *std::min_element(ratios.begin(), ratios.end());
    const double most = *std::max_element(ratios.begin(), ratios.end());
    if (most < level.ratio / (1 + level.slack)) found.verdict = BenchVerdict::improved;
    if (least > beyond(level, limits_.suspicion)) found.verdict = BenchVerdict::suspected;
    if (sessions_.size() == 1) return found;
    const Samples logs = pooled_logs(sessions_, contenders_, metric);
    found.ratio = std::exp(median(logs));
    if (found.verdict == BenchVerdict::suspected) {
      const auto both = ratio_of_logs(logs, 0.99, sessions_[0]->seed);
      const bool sure = both && both->interval.low > beyond(level, limits_.surely) && found.ratio > usual_most(level);
      found.verdict = sure ? BenchVerdict::regression : BenchVerdict::ok;
    }
    return found;
  }

  // Of the first metric that has the contender's verdict; the others by name.
  std::string sentence() const {
    const MetricCheck* first = nullptr;
    std::string others;
    for (const MetricCheck& each : check_.metrics) {
      if (each.verdict != check_.verdict) continue;
      if (first == nullptr)
        first = &each;
      else if (each.verdict != BenchVerdict::ok)
        others += fmt::format("{}{}", others.empty() ? "; so is its " : ", ", words_of(each.metric));
    }
    const Level& level = first->level;
    return fmt::format(
        "its {} is {} times native's cold start{}; {} sessions before it had {}, and {} to {} is usual{}",
        words_of(first->metric), times_text(first->ratio), sessions_.size() > 1 ? " in two sessions" : "",
        level.sessions, times_text(level.ratio), times_text(level.ratio / (1 + level.slack)),
        times_text(usual_most(level)), others);
  }

  void against(const Budget& budget) {
    const BudgetCheck found = check_budget(budget, contenders_);
    // What is over a budget comes first; what is within one is worth a word only where nothing else is said.
    const bool worse = found.verdict > check_.verdict;
    if (check_.reason.empty() || (worse && check_.verdict < BenchVerdict::inconclusive))
      check_.reason = found.reason;
    else if (found.verdict != BenchVerdict::ok)
      check_.reason += "; " + found.reason;
    check_.verdict = std::max(check_.verdict, found.verdict);
  }

  const Sessions& sessions_;
  std::vector<const BenchContender*> contenders_;
  const CheckLimits& limits_;
  const Levels* levels_ = nullptr;
  ContenderCheck check_ = {};
};

BenchCheck check_all(const Baseline& baseline, const Sessions& sessions, const std::vector<Budget>& budgets,
                     const CheckLimits& limits) {
  const auto has_budget = [&](const std::string& name) {
    return std::any_of(budgets.begin(), budgets.end(), [&](const Budget& each) { return each.contender == name; });
  };
  BenchCheck all;
  for (const BenchContender& contender : sessions[0]->contenders) {
    if (contender.name == kNative && !has_budget(contender.name)) continue;
    all.contenders.push_back(ContenderJudge(sessions, contender.name, baseline, limits).judge(budgets));
  }
  for (const Budget& budget : budgets) {
    if (find_contender(*sessions[0], budget.contender) == nullptr)
      all.notes.push_back(
          fmt::format("the budget for {} was not checked: {} was not measured", budget.contender, budget.contender));
  }
  return all;
}

bool any(const BenchCheck& check, BenchVerdict verdict) {
  return std::any_of(check.contenders.begin(), check.contenders.end(),
                     [&](const ContenderCheck& each) { return each.verdict == verdict; });
}

}  // namespace

BenchCheck check(const Baseline& baseline, const BenchSession& session, const std::vector<Budget>& budgets,
                 const CheckLimits& limits) {
  return check_all(baseline, {&session}, budgets, limits);
}

bool wants_confirmation(const BenchCheck& check) {
  for (const ContenderCheck& contender : check.contenders)
    for (const MetricCheck& each : contender.metrics)
      if (each.verdict == BenchVerdict::suspected) return true;
  return false;
}

BenchCheck confirm(const Baseline& baseline, const BenchSession& first, const BenchSession& second,
                   const std::vector<Budget>& budgets, const CheckLimits& limits) {
  return check_all(baseline, {&first, &second}, budgets, limits);
}

int exit_code_of(const BenchCheck& check) {
  if (any(check, BenchVerdict::regression) || any(check, BenchVerdict::over_budget)) return 1;
  if (any(check, BenchVerdict::inconclusive) || any(check, BenchVerdict::suspected)) return 3;
  return 0;
}

}  // namespace bottle
