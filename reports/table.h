// A table for a terminal: columns as wide as what they hold, numbers to the right. The first column, of names, gives
// way when the whole is too wide.
#pragma once

#include <string>
#include <vector>

#include "reports/page.h"

namespace bottle {

class Table {
 public:
  explicit Table(std::vector<std::string> heads) : heads_(std::move(heads)) {}

  // As many cells as heads; a shorter row is filled with nothing.
  void row(std::vector<Piece> cells);
  void write(Page& page, int width) const;

 private:
  std::vector<std::string> heads_;
  std::vector<std::vector<Piece>> rows_ = {};
};

}  // namespace bottle
