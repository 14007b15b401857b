// Reports of the fixture records, byte for byte. BOTTLE_UPDATE_GOLDEN=1 writes them anew; look at the difference then.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "files.h"

namespace bottle {
namespace {

class Golden : public testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(Golden, TheReportIsTheSameByteForByte) {
  const auto [name, format] = GetParam();
  const std::map<std::string, std::string> extensions = {{"text", "txt"},
                                                         {"json", "json"},
                                                         {"junit", "junit.xml"},
                                                         {"sarif", "github.sarif"},
                                                         {"sarif-full", "full.sarif"}};
  const std::string path = std::string("golden/") + name + "." + extensions.at(format);
  const std::string report = rendered(fixture_record(name), format);
  if (std::getenv("BOTTLE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(fixture_path(path), std::ios::binary) << report;
  }
  EXPECT_EQ(report, read_fixture(path));
}

std::string name_of_parameters(const testing::TestParamInfo<std::tuple<const char*, const char*>>& each) {
  std::string name = std::string(std::get<0>(each.param)) + "_" + std::get<1>(each.param);
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
}

INSTANTIATE_TEST_SUITE_P(Records, Golden,
                         testing::Combine(testing::ValuesIn(kRecords),
                                          testing::Values("text", "json", "junit", "sarif", "sarif-full")),
                         name_of_parameters);

TEST(Goldens, EveryFormatHasGoldens) {
  EXPECT_EQ(all_report_formats().size(), 5u) << "add the new format to the list above";
}

TEST(Goldens, AJsonReportOfACleanRecordIsThatRecord) {
  for (const char* name : {"all-contained", "mixed", "cut-short", "empty"}) {
    EXPECT_EQ(rendered(fixture_record(name), "json"), read_fixture(std::string("records/") + name + ".json"));
  }
}

TEST(Goldens, AReportOfTheJsonReportIsTheSameReport) {
  for (const char* name : kRecords) {
    const RunRecord record = fixture_record(name);
    const auto again = record_from_json(rendered(record, "json"));
    ASSERT_TRUE(again) << again.error().what;
    for (const ReportFormat& format : all_report_formats()) {
      EXPECT_TRUE(rendered(*again, format.name) == rendered(record, format.name)) << name << " " << format.name;
    }
  }
}

}  // namespace
}  // namespace bottle
