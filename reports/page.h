// A page of text for a terminal or a CI log: colours, wrapping, and nothing that a terminal or a CI runner would obey.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "reports/console.h"

namespace bottle {

enum class Tone { plain, strong, faint, good, bad, doubt };

struct Piece {
  std::string text = {};
  Tone tone = Tone::plain;
};

class Page {
 public:
  Page(std::ostream& out, const ConsoleStyle& style);

  void blank();
  // One line as it is, e.g. of a table.
  void line(const std::vector<Piece>& pieces);
  // `label` at `indent`, then the text from `column` on, wrapped there.
  void entry(int indent, const Piece& label, int column, const Piece& text);
  // Wrapped at `indent`.
  void text(int indent, const Piece& text);

 private:
  std::string painted(const Piece& piece) const;

  std::ostream& out_;
  bool colour_ = false;
  std::size_t width_ = 0;
};

}  // namespace bottle
