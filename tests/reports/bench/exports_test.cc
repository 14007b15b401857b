// What other programs read: values are the session's, and what is missing is missing.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "reports/bench/bencher.h"
#include "reports/bench/csv.h"
#include "reports/bench/github_action.h"
#include "reports/bench/google_benchmark.h"
#include "reports/csv.h"
#include "sessions.h"

namespace bottle {
namespace {

using Json = nlohmann::json;

std::vector<Json> rows_named(const Json& whole, const std::string& name) {
  std::vector<Json> rows;
  for (const Json& row : whole.at("benchmarks"))
    if (row.at("name") == name) rows.push_back(row);
  return rows;
}

TEST(GoogleBenchmark, EachSampleIsARepetitionAndWarmUpsAreLeftOut) {
  const BenchReport report = sample_report("typical");
  const auto rows = rows_named(Json::parse(google_benchmark_json(report)), "cold_start/namespaces");
  ASSERT_EQ(rows.size(), 30u);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const BenchSample& sample = report.session.contenders[1].samples[i + 2];
    EXPECT_EQ(rows[i].at("repetitions"), 30);
    EXPECT_EQ(rows[i].at("repetition_index"), i);
    EXPECT_EQ(rows[i].at("real_time"), *sample.cold_start);
    EXPECT_EQ(rows[i].at("cpu_time"), *sample.cpu);
    EXPECT_EQ(rows[i].at("time_unit"), "ns");
    EXPECT_EQ(rows[i].at("create_ns"), *sample[BenchPhase::create]);
    EXPECT_EQ(rows[i].at("peak_bytes"), *sample.peak_bytes);
  }
}

TEST(GoogleBenchmark, AMissingPhaseIsNoCounter) {
  const Json row = rows_named(Json::parse(google_benchmark_json(sample_report("typical"))), "cold_start/native").at(0);
  EXPECT_TRUE(row.contains("create_ns"));
  EXPECT_FALSE(row.contains("start_ns"));
  EXPECT_FALSE(row.contains("prepare_ns"));
}

TEST(GoogleBenchmark, AFailureIsAnErrorAndNoMeasurement) {
  const Json whole = Json::parse(google_benchmark_json(sample_report("typical")));
  const std::string name = "cold_start/docker:runtime=runsc,image=debian";
  EXPECT_EQ(rows_named(whole, name).size(), 27u);
  const auto failed = rows_named(whole, name + "/failed");
  ASSERT_EQ(failed.size(), 3u);
  for (const Json& row : failed) {
    EXPECT_EQ(row.at("error_occurred"), true);
    EXPECT_NE(row.at("run_type"), "iteration");
  }
  EXPECT_EQ(failed[0].at("error_message"), "did not start within 30 s");
}

TEST(GoogleBenchmark, ACpuTimeThatWasNotMeasuredIsNamed) {
  BenchSession session = sample_session("typical");
  EXPECT_FALSE(Json::parse(google_benchmark_json(bench_report(session)))
                   .at("context")
                   .contains("cpu_time_0_means_not_measured"));
  for (BenchSample& sample : session.contenders[2].samples) sample.cpu.reset();
  const Json whole = Json::parse(google_benchmark_json(bench_report(session)));
  EXPECT_EQ(whole.at("context").at("cpu_time_0_means_not_measured"), Json::array({"bubblewrap"}));
  EXPECT_EQ(whole.at("context").at("num_cpus"), 2);
}

TEST(GithubAction, HasTheMedianAndTheRatioOfEachThatWasMeasured) {
  const BenchReport report = sample_report("typical");
  const Json rows = Json::parse(github_action_json(report));
  ASSERT_EQ(rows.size(), 7u);  // four cold starts, three ratios
  EXPECT_EQ(rows[1].at("name"), "namespaces: cold start");
  EXPECT_EQ(rows[1].at("unit"), "ms");
  EXPECT_DOUBLE_EQ(rows[1].at("value"), report.figures[1].cold_start.median / 1e6);
  EXPECT_EQ(rows[2].at("name"), "namespaces: cold start, times native");
  EXPECT_DOUBLE_EQ(rows[2].at("value"), report.figures[1].ratio->estimate);
  for (const Json& row : rows) EXPECT_TRUE(row.at("range").is_string() && row.at("extra").is_string());
  EXPECT_EQ(Json::parse(github_action_json(sample_report("failures-only"))), Json::array());
}

TEST(Bencher, HasNanosecondsWithTheirIntervalAndNothingForWhatIsMissing) {
  const BenchReport report = sample_report("typical");
  const Json whole = Json::parse(bencher_json(report));
  const Json& latency = whole.at("namespaces/cold_start").at("latency");
  EXPECT_DOUBLE_EQ(latency.at("value"), report.figures[1].cold_start.median);
  EXPECT_DOUBLE_EQ(latency.at("lower_value"), report.figures[1].median_interval.low);
  EXPECT_DOUBLE_EQ(latency.at("upper_value"), report.figures[1].median_interval.high);
  EXPECT_TRUE(whole.contains("namespaces/start"));
  EXPECT_FALSE(whole.contains("native/start"));
  EXPECT_FALSE(whole.at("native/cold_start").contains("times-native"));
  const Json one = Json::parse(bencher_json(sample_report("one-sample"))).at("namespaces/cold_start").at("latency");
  EXPECT_EQ(one.size(), 1u) << one;
  EXPECT_EQ(Json::parse(bencher_json(sample_report("no-samples"))), Json::object());
}

// RFC 4180, strictly.
std::vector<std::vector<std::string>> parsed(const std::string& text) {
  std::vector<std::vector<std::string>> lines(1, {""});
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string& field = lines.back().back();
    if (quoted) {
      if (text[i] != '"')
        field += text[i];
      else if (text.compare(i, 2, "\"\"") == 0)
        field += text[i++];
      else
        quoted = false;
    } else if (text[i] == '"') {
      EXPECT_EQ(field, "");
      quoted = true;
    } else if (text[i] == ',') {
      lines.back().emplace_back();
    } else if (text.compare(i, 2, "\r\n") == 0) {
      lines.push_back({""});
      ++i;
    } else {
      EXPECT_TRUE(text[i] != '\r' && text[i] != '\n');
      field += text[i];
    }
  }
  EXPECT_EQ(lines.back(), std::vector<std::string>{""}) << "the last line must be ended";
  lines.pop_back();
  return lines;
}

TEST(Csv, HasALineForEverySampleAndAFieldForEveryColumn) {
  for (const auto& [name, session] : sample_sessions()) {
    std::size_t samples = 0;
    for (const BenchContender& contender : session.contenders) samples += contender.samples.size();
    const auto lines = parsed(bench_csv({.session = session}));
    ASSERT_EQ(lines.size(), samples + 1) << name;
    for (const auto& line : lines) ASSERT_EQ(line.size(), lines[0].size()) << name;
    EXPECT_EQ(std::set(lines[0].begin(), lines[0].end()).size(), lines[0].size()) << name;
  }
}

TEST(Csv, ValuesAreTheSessionsAndWhatIsMissingIsEmpty) {
  const BenchSession session = sample_session("typical");
  const auto lines = parsed(bench_csv({.session = session}));
  const auto column = [&](const std::string& name) {
    return static_cast<std::size_t>(std::find(lines[0].begin(), lines[0].end(), name) - lines[0].begin());
  };
  const auto& native = lines.at(1);
  EXPECT_EQ(native.at(column("contender")), "native");
  EXPECT_EQ(native.at(column("warm_up")), "true");
  EXPECT_EQ(native.at(column("cold_start_ns")), std::to_string(*session.contenders[0].samples[0].cold_start));
  EXPECT_EQ(native.at(column("start_ns")), "");
  EXPECT_EQ(native.at(column("commit")), session.git.at("commit"));
  const auto failed = std::find_if(lines.begin(), lines.end(), [&](const auto& line) {
    return line.at(column("problem")) == "did not start within 30 s";
  });
  ASSERT_NE(failed, lines.end());
  EXPECT_EQ(failed->at(column("cold_start_ns")), "");
}

TEST(Csv, ASpreadsheetRunsNothing) {
  EXPECT_EQ(csv_line({"=1+1", "@x", "-5", "-x", "+4.5", "a,b", "a\"b", "", "-"}),
            "'=1+1,'@x,-5,'-x,+4.5,\"a,b\",\"a\"\"b\",,'-\r\n");
}

}  // namespace
}  // namespace bottle
