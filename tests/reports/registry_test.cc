#include "reports/registry.h"

#include <gtest/gtest.h>

#include <set>

namespace bottle {
namespace {

TEST(Registry, FormatsHaveNamesOfTheirOwnAndTitles) {
  std::set<std::string_view> names;
  for (const ReportFormat& format : all_report_formats()) {
    EXPECT_TRUE(names.insert(format.name).second) << format.name;
    EXPECT_FALSE(format.title.empty()) << format.name;
    ASSERT_TRUE(report_format_named(format.name));
    EXPECT_EQ(report_format_named(format.name)->write, format.write);
  }
  EXPECT_EQ(names, (std::set<std::string_view>{"text", "json", "junit", "sarif", "sarif-full"}));
}

TEST(Registry, AnUnknownNameIsNothing) {
  EXPECT_FALSE(report_format_named("html5"));
  EXPECT_FALSE(report_format_named(""));
}

}  // namespace
}  // namespace bottle
