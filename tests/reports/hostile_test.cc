// Whatever a record holds, no report holds what a terminal, an XML reader or a CI runner would obey.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "files.h"
#include "harness/safe_text.h"
#include "random_record.h"
#include "reports/console.h"

namespace bottle {
namespace {

constexpr std::uint32_t kRounds = 100;

TEST(Hostile, NoControlCharacterAndNoInvalidUtf8IsEverInAReport) {
  for (std::uint32_t seed = 0; seed < kRounds; ++seed) {
    const RunRecord record = random_record(seed);
    for (const ReportFormat& format : all_report_formats()) {
      const std::string report = rendered(record, format.name);
      for (const char c : report) {
        ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t')
            << format.name << " of seed " << seed;
      }
      // safe_text leaves clean text alone, and has tests of its own.
      ASSERT_TRUE(safe_text(report, std::string::npos) == report) << format.name << " of seed " << seed;
    }
  }
}

TEST(Hostile, ARandomRecordIsReadBackAsItsSafeSelf) {
  for (std::uint32_t seed = 0; seed < kRounds; ++seed) {
    const std::string once = rendered(random_record(seed), "json");
    const auto read = record_from_json(once);
    ASSERT_TRUE(read) << seed << ": " << read.error().what;
    ASSERT_TRUE(rendered(*read, "json") == once) << seed;
  }
}

TEST(Hostile, TheConsoleHasNoLineThatACiRunnerObeys) {
  std::string all;
  for (std::uint32_t seed = 0; seed < kRounds; ++seed) {
    for (const int width : {60, 61, 100}) {
      std::ostringstream out;
      write_console(random_record(seed), out, {.width = width, .verbose = true});
      all += out.str();
    }
  }
  std::istringstream lines(all);
  int with_colons = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find_first_not_of(" \t");
    ASSERT_FALSE(first != std::string::npos && line.compare(first, 2, "::") == 0) << line;
    ASSERT_EQ(line.find("##["), std::string::npos) << line;
    with_colons += line.find("::error::") != std::string::npos ? 1 : 0;
  }
  EXPECT_GT(with_colons, 100) << "the records must have tried";
}

TEST(Hostile, ColourComesOnlyFromTheConsole) {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    std::ostringstream plain, coloured;
    write_console(random_record(seed), plain, {});
    write_console(random_record(seed), coloured, {.colour = true});
    std::string stripped = coloured.str();
    for (const std::string_view code : {"\x1b[1;31m", "\x1b[1m", "\x1b[2m", "\x1b[32m", "\x1b[33m", "\x1b[0m"}) {
      for (auto at = stripped.find(code); at != std::string::npos; at = stripped.find(code, at))
        stripped.erase(at, code.size());
    }
    EXPECT_TRUE(stripped == plain.str()) << seed;
  }
}

TEST(Hostile, NoAgentCanOrderGitLabToAttachAFile) {
  for (std::uint32_t seed = 0; seed < kRounds; ++seed) {
    ASSERT_EQ(rendered(random_record(seed), "junit").find("[[ATTACHMENT|"), std::string::npos) << seed;
  }
}

TEST(Hostile, AReportOfManyLargeFindingsStaysInBounds) {
  RunRecord record = fixture_record("mixed");
  Finding large = record.findings[3];
  const std::string flood(1u << 20, 'x');
  large.reason = large.control = large.guarded->reply = flood;
  for (Sighting& s : large.sightings) s.excerpt = flood;
  record.findings.assign(20, large);
  for (const ReportFormat& format : all_report_formats()) {
    const std::size_t most = format.name == "json" ? 20u * (5u * (64u << 10) + 8192u) : 20u * (80u << 10);
    EXPECT_LT(rendered(record, format.name).size(), most) << format.name;
  }
}

}  // namespace
}  // namespace bottle
