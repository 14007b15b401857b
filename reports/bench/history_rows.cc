#include "reports/bench/history_rows.h"

#include <algorithm>
#include <cmath>

#include "harness/bench/figures.h"
#include "harness/bench/trend.h"
#include "reports/bench/units.h"

namespace bottle {
namespace {

constexpr std::size_t kCommit = 10;

std::vector<std::string> names_in(const std::vector<BenchSession>& history) {
  std::vector<std::string> names;
  for (auto session = history.rbegin(); session != history.rend(); ++session)
    for (const BenchContender& contender : session->contenders)
      if (contender.name != kNative && std::ranges::find(names, contender.name) == names.end())
        names.push_back(contender.name);
  return names;
}

HistoryRow made_row(const BenchSession& session, const BenchContender& contender) {
  HistoryRow row{.session = &session};
  for (const BenchSample& sample : contender.samples) {
    if (sample.warm_up) continue;
    ++row.samples;
    if (!sample.ok()) ++row.failed;
  }
  const Samples cold = cold_starts(contender);
  if (!cold.empty()) row.median = median(cold);
  const BenchContender* native = find_contender(session, kNative);
  if (native == nullptr) return row;
  const Samples logs = log_ratios(contender, std::nullopt, *native, std::nullopt);
  if (!logs.empty()) row.ratio = std::exp(median(logs));
  return row;
}

}  // namespace

std::vector<HistoryOfContender> history_by_contender(const std::vector<BenchSession>& history) {
  std::vector<HistoryOfContender> all;
  for (const std::string& name : names_in(history)) {
    const Trend trend = trend_of(history, name);
    HistoryOfContender one{.name = name};
    for (std::size_t i = 0; i < history.size(); ++i) {
      const BenchContender* contender = find_contender(history[i], name);
      if (contender == nullptr) continue;
      HistoryRow row = made_row(history[i], *contender);
      const auto place = std::ranges::find(trend.sessions, i);
      row.comparable = place != trend.sessions.end();
      for (const ChangePoint& change : trend.changes)
        if (row.comparable && change.at == static_cast<std::size_t>(place - trend.sessions.begin()))
          row.change = change;
      one.rows.push_back(row);
    }
    all.push_back(std::move(one));
  }
  return all;
}

const HistoryRow* HistoryOfContender::row_of(const BenchSession& session) const {
  const auto found = std::ranges::find(rows, &session, &HistoryRow::session);
  return found == rows.end() ? nullptr : &*found;
}

std::string note_of(const HistoryRow& row) {
  if (row.change) return percent_change(row.change->after / row.change->before) + " from here on";
  return row.comparable ? "" : "not comparable";
}

std::string commit_of(const BenchSession& session) {
  const auto commit = session.git.find("commit");
  if (commit == session.git.end()) return std::string(kMissing);
  const auto dirty = session.git.find("dirty");
  const bool changed = dirty != session.git.end() && !dirty->second.empty() && dirty->second != "false";
  return commit->second.substr(0, kCommit) + (changed ? "+" : "");
}

}  // namespace bottle
