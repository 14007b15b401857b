// The fixture records and the reports of them, for the tests.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "harness/record.h"
#include "reports/registry.h"

namespace bottle {

inline constexpr const char* kRecords[] = {"all-contained", "mixed", "hostile", "cut-short", "empty"};

inline std::string fixture_path(const std::string& path) {
  return std::string(BOTTLE_SOURCE_DIR) + "/tests/reports/" + path;
}

inline std::string read_fixture(const std::string& path) {
  std::ifstream in(fixture_path(path), std::ios::binary);
  EXPECT_TRUE(in) << fixture_path(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline RunRecord fixture_record(const std::string& name) {
  auto record = record_from_json(read_fixture("records/" + name + ".json"));
  EXPECT_TRUE(record) << record.error().what;
  return record ? *record : RunRecord{};
}

inline std::string rendered(const RunRecord& record, std::string_view format) {
  const auto found = report_format_named(format);
  EXPECT_TRUE(found) << format;
  std::ostringstream out;
  if (found) found->write(record, out);
  return out.str();
}

}  // namespace bottle
