// What holds of every form of every session.
#include <gtest/gtest.h>

#include <set>

#include "harness/safe_text.h"
#include "reports/bench/formats.h"
#include "sessions.h"

namespace bottle {
namespace {

TEST(BenchForms, HaveNamesOfTheirOwnAndAreFoundByThem) {
  std::set<std::string_view> names;
  for (const BenchFormat& format : all_bench_formats()) {
    EXPECT_TRUE(names.insert(format.name).second) << format.name;
    ASSERT_TRUE(bench_format_named(format.name)) << format.name;
    EXPECT_EQ(bench_format_named(format.name)->write, format.write);
    EXPECT_FALSE(format.title.empty());
  }
  EXPECT_FALSE(bench_format_named("yaml"));
}

TEST(BenchForms, TheSameSessionIsTheSameBytes) {
  for (const BenchFormat& format : all_bench_formats())
    EXPECT_EQ(format.write(sample_report("typical")), format.write(sample_report("typical"))) << format.name;
}

TEST(BenchForms, HoldNoControlCharacterAndNoInvalidUtf8) {
  for (const auto& [name, report] : sample_reports()) {
    for (const BenchFormat& format : all_bench_formats()) {
      std::string text = format.write(report);
      ASSERT_FALSE(text.empty()) << name << " " << format.name;
      if (format.name == "csv") std::erase(text, '\r');  // its line ends
      EXPECT_TRUE(safe_text(text, std::string::npos) == text) << name << " " << format.name;
    }
  }
}

}  // namespace
}  // namespace bottle
