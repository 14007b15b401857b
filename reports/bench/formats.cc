#include "reports/bench/formats.h"

#include "reports/bench/bencher.h"
#include "reports/bench/csv.h"
#include "reports/bench/github_action.h"
#include "reports/bench/google_benchmark.h"
#include "reports/bench/history_text.h"
#include "reports/bench/html.h"
#include "reports/bench/plots/history.h"
#include "reports/bench/plots/phases.h"
#include "reports/bench/plots/strip.h"
#include "reports/bench/text.h"

namespace bottle {
namespace {

// The band is what was usual before the last session.
std::string history_picture(const std::vector<BenchSession>& history) {
  if (history.empty()) return history_plot({}, {}).as_file();
  const std::vector<BenchSession> before(history.begin(), history.end() - 1);
  return history_plot(history, baseline_of(before, history.back())).as_file();
}

template <typename Format>
std::optional<Format> named(const std::vector<Format>& formats, std::string_view name) {
  for (const Format& format : formats)
    if (format.name == name) return format;
  return std::nullopt;
}

}  // namespace

std::vector<BenchFormat> all_bench_formats() {
  return {
      {"text", "what the console shows, without colours", bench_text},
      {"json", "the session itself, one line of the history (bench/v1)",
       [](const BenchReport& report) { return session_line(report.session) + "\n"; }},
      {"html", "one file: tables, pictures, what to beware of", bench_html},
      {"csv", "one line a sample, warm-ups and failures included", bench_csv},
      {"gbench", "Google Benchmark's JSON, for its compare.py", google_benchmark_json},
      {"gha", "github-action-benchmark, customSmallerIsBetter", github_action_json},
      {"bmf", "Bencher Metric Format", bencher_json},
      {"svg-strip", "a picture: every sample, median and interval",
       [](const BenchReport& report) { return strip_plot(report).as_file(); }},
      {"svg-phases", "a picture: the phases, end to end",
       [](const BenchReport& report) { return phases_plot(report).as_file(); }},
      {"svg-history", "a picture: ratios to native from session to session",
       [](const BenchReport& report) { return history_plot(report.history, report.baseline).as_file(); }},
  };
}

std::vector<HistoryFormat> all_history_formats() {
  return {{"csv", bench_history_csv}, {"svg-history", history_picture}};
}

std::optional<BenchFormat> bench_format_named(std::string_view name) { return named(all_bench_formats(), name); }
std::optional<HistoryFormat> history_format_named(std::string_view name) { return named(all_history_formats(), name); }

}  // namespace bottle
