#include "reports/table.h"

#include <gtest/gtest.h>

#include <sstream>

#include "reports/columns.h"

namespace bottle {
namespace {

std::string table_of(int width) {
  Table table({"name", "ms", "n"});
  table.row({{"a-very-long-name-of-a-contender-and-its-options"}, {"1.25"}, {"30"}});
  table.row({{"b"}, {"812"}});
  std::ostringstream out;
  Page page(out, {});
  table.write(page, width);
  return out.str();
}

TEST(Table, NumbersStandToTheRightAndAMissingCellIsEmpty) {
  EXPECT_EQ(table_of(100),
            "name                                               ms   n\n"
            "a-very-long-name-of-a-contender-and-its-options  1.25  30\n"
            "b                                                 812\n");
}

TEST(Table, TheNameGivesWay) {
  EXPECT_EQ(table_of(24),
            "name               ms  n\n"
            "a-very-long-na.. 1.25 30\n"
            "b                 812\n");
}

TEST(Columns, AreCharactersNotBytes) {
  EXPECT_EQ(columns_of("héé"), 3u);
  EXPECT_EQ(cut_to("héééé", 4), "hé..");
  EXPECT_EQ(cut_to("héé", 3), "héé");
  EXPECT_EQ(bytes_of("héé", 2), 3u);
}

}  // namespace
}  // namespace bottle
