// `bench`: plays a session, reports it, keeps it, and holds it against the ones before it.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "harness/bench/history.h"
#include "harness/bench/noise.h"
#include "harness/cli/bench_contenders.h"
#include "harness/cli/bench_inputs.h"
#include "harness/cli/report_files.h"
#include "harness/cli/run_inputs.h"
#include "harness/cli/terminal.h"
#include "harness/file.h"
#include "reports/bench/formats.h"
#include "reports/bench/history_text.h"
#include "reports/bench/text.h"
#include "reports/bench/verdicts.h"

namespace bottle {
namespace {

class CountingRounds final : public BenchObserver {
 public:
  explicit CountingRounds(const Terminal& terminal) : terminal_(terminal) {}
  void round(int done, int all) override {
    if (!terminal_.interactive) return;
    std::fprintf(stderr, "\r\033[K%d of %d rounds", done, all);
    if (done == all) std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
  }

 private:
  const Terminal& terminal_;
};

template <typename Formats>
std::vector<std::string> names_of(const Formats& formats) {
  std::vector<std::string> names;
  for (const auto& one : formats) names.emplace_back(one.name);
  return names;
}

// What a session is written as, kept in and held against.
struct Bookkeeping {
  std::vector<BenchFormat> formats = {};
  std::vector<OutputFile> files = {};
  std::vector<BenchSession> history = {};

  static Result<Bookkeeping> open(const Options& options) {
    Bookkeeping books;
    BOTTLE_TRY(books.files, open_targets(options.config.reports, names_of(all_bench_formats())));
    for (const ReportTarget& target : options.config.reports)
      books.formats.push_back(*bench_format_named(target.format));
    if (options.bench.check && options.bench.history.empty())
      return fail("--check needs --history FILE, the sessions before this one", Fault::usage);
    if (options.bench.check && options.bench.quick)
      return fail("--quick is for a look: too few rounds for --check", Fault::usage);
    if (options.bench.history.empty()) return books;
    auto read = read_history(options.bench.history);
    if (!read && read.error().os_errno != ENOENT) return fail(read.error());
    if (read) {
      for (const std::string& warning : read->warnings) std::fprintf(stderr, "bottle-verify: %s\n", warning.c_str());
      books.history = std::move(read->sessions);
    }
    return books;
  }

  Result<void> write(const BenchReport& report) const {
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (auto written = files[i].write(formats[i].write(report)); !written) return written;
    }
    return {};
  }
};

ConsoleStyle style_of(const Options& options, const Terminal& terminal) {
  return {.colour = terminal.colour, .width = terminal.width, .verbose = options.verbose, .quiet = options.quiet};
}

ExitCode exit_code_of(const BenchReport& report) {
  if (report.session.interrupted) return ExitCode::interrupted;
  const int checked = report.check ? bottle::exit_code_of(*report.check) : 0;
  const int compared = report.comparison ? bottle::exit_code_of(*report.comparison) : 0;
  const auto& contenders = report.session.contenders;
  const bool broken =
      std::any_of(contenders.begin(), contenders.end(), [](const auto& one) { return !too_broken(one).empty(); });
  if (checked == to_int(ExitCode::leaked) || compared == to_int(ExitCode::leaked)) return ExitCode::leaked;
  return checked != 0 || compared != 0 || broken ? ExitCode::not_proven : ExitCode::held;
}

ExitCode finish(const Options& options, const Terminal& terminal, const Bookkeeping& books, const BenchReport& report) {
  const auto written = books.write(report);
  write_bench(report, std::cerr, style_of(options, terminal));
  if (written) return exit_code_of(report);
  complain(written.error());
  return ExitCode::not_proven;
}

// What is slower than it may be is measured a second time before anybody is told.
Result<void> hold_against_history(const Options& options, const BenchInputs& inputs, const Bookkeeping& books,
                                  CountingRounds& counting, const std::atomic<bool>& stop, BenchReport& report) {
  const std::vector<Budget>& budgets = options.config.budgets;
  if (!options.bench.check && budgets.empty()) return {};
  if (options.bench.check) report.baseline = baseline_of(books.history, report.session);
  report.check = check(report.baseline, report.session, budgets);
  if (!wants_confirmation(*report.check) || stop) return {};
  std::fputs("bottle-verify: slower than before; measuring again to be sure\n", stderr);
  BenchInputs again = inputs;
  ++again.session.seed;
  again.session.rounds *= kConfirmingRounds;
  BOTTLE_TRY(const BenchSession second, play_session(again, counting, stop));
  if (second.interrupted) return {};
  report.check = confirm(report.baseline, report.session, second, budgets);
  report.history.push_back(second);
  return {};
}

// What was measured, in the order in which it was.
Result<void> keep(const Options& options, const BenchReport& report, std::size_t known) {
  if (options.bench.history.empty()) return {};
  for (std::size_t i = known; i < report.history.size(); ++i) {
    if (report.history[i].interrupted) continue;
    if (auto kept = append_to_history(options.bench.history, report.history[i]); !kept) return kept;
  }
  return {};
}

Result<BenchReport> measure(const BenchInputs& inputs, const Bookkeeping& books, CountingRounds& counting,
                            const std::atomic<bool>& stop) {
  BOTTLE_TRY(auto session, play_session(inputs, counting, stop));
  BenchReport report = bench_report(std::move(session));
  report.history = books.history;
  report.history.push_back(report.session);
  return report;
}

Result<std::string> read_result_file(const std::string& file) {
  auto text = read_whole(file);
  if (!text) return fail("cannot read " + text.error().what, Fault::usage);
  return text;
}

ExitCode compare_files(const Options& options) {
  const auto a = read_result_file(options.arguments[0]), b = read_result_file(options.arguments[1]);
  if (!a || !b) return complain(a ? b.error() : a.error());
  const auto comparison = compare_google_benchmark(*a, *b, {.threshold = options.bench.threshold / 100});
  if (!comparison) return complain(comparison.error());
  const Terminal terminal = Terminal::of(STDERR_FILENO, options.colour);
  write_comparison(*comparison, std::cerr, style_of(options, terminal));
  return static_cast<ExitCode>(bottle::exit_code_of(*comparison));
}

}  // namespace

ExitCode bench_command(const Options& options, const Library& library) {
  const std::atomic<bool>& stop = watch_signals();
  std::vector<std::string> words = options.arguments;
  if (words.empty()) {
    auto usual = default_contenders(options, library);
    if (!usual) return complain(usual.error());
    words = std::move(*usual);
  }
  const auto books = Bookkeeping::open(options);
  if (!books) return complain(books.error());
  const auto inputs = bench_inputs(options, library, words);
  if (!inputs) return complain(inputs.error());
  const Terminal terminal = Terminal::of(STDERR_FILENO, options.colour);
  CountingRounds counting(terminal);
  auto report = measure(*inputs, *books, counting, stop);
  if (!report) return complain(report.error());
  auto done = hold_against_history(options, *inputs, *books, counting, stop, *report);
  if (done) done = keep(options, *report, books->history.size());
  const ExitCode code = finish(options, terminal, *books, *report);
  return done ? code : complain(done.error());
}

ExitCode bench_compare_command(const Options& options, const Library& library) {
  const auto is_result = [](const std::string& word) { return word.ends_with(".json"); };
  if (std::all_of(options.arguments.begin(), options.arguments.end(), is_result)) return compare_files(options);
  const std::atomic<bool>& stop = watch_signals();
  const auto books = Bookkeeping::open(options);
  if (!books) return complain(books.error());
  const auto inputs = bench_inputs(options, library, options.arguments);
  if (!inputs) return complain(inputs.error());
  const Terminal terminal = Terminal::of(STDERR_FILENO, options.colour);
  CountingRounds counting(terminal);
  auto report = measure(*inputs, *books, counting, stop);
  if (!report) return complain(report.error());
  auto comparison = compare_contenders(report->session, options.arguments[0], options.arguments[1],
                                       {.threshold = options.bench.threshold / 100});
  if (!comparison) return complain(comparison.error());
  report->comparison = std::move(*comparison);
  const auto kept = keep(options, *report, books->history.size());
  const ExitCode code = finish(options, terminal, *books, *report);
  return kept ? code : complain(kept.error());
}

ExitCode bench_history_command(const Options& options) {
  const std::string& file = options.arguments.empty() ? options.bench.history : options.arguments.front();
  if (file.empty()) return complain({Fault::usage, "which history? bottle-verify bench history FILE"});
  const std::vector<ReportTarget>& targets = options.config.reports;
  const auto files = open_targets(targets, names_of(all_history_formats()));
  if (!files) return complain(files.error());
  const auto history = read_history(file);
  if (!history) return complain({Fault::usage, history.error().what});
  for (const std::string& warning : history->warnings) std::fprintf(stderr, "bottle-verify: %s\n", warning.c_str());
  for (std::size_t i = 0; i < files->size(); ++i) {
    const HistoryFormat format = *history_format_named(targets[i].format);
    if (const auto written = (*files)[i].write(format.write(history->sessions)); !written)
      return complain(written.error());
  }
  const Terminal terminal = Terminal::of(STDERR_FILENO, options.colour);
  if (files->empty() || options.verbose) write_bench_history(history->sessions, std::cerr, style_of(options, terminal));
  return ExitCode::held;
}

}  // namespace bottle
