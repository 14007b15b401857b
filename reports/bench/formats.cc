#include "reports/bench/formats.h"

#include "reports/bench/bencher.h"
#include "reports/bench/csv.h"
#include "reports/bench/github_action.h"
#include "reports/bench/google_benchmark.h"
#include "reports/bench/html.h"
#include "reports/bench/plots/history.h"
#include "reports/bench/plots/phases.h"
#include "reports/bench/plots/strip.h"
#include "reports/bench/text.h"

namespace bottle {

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

std::optional<BenchFormat> bench_format_named(std::string_view name) {
  for (const BenchFormat& format : all_bench_formats())
    if (format.name == name) return format;
  return std::nullopt;
}

}  // namespace bottle
