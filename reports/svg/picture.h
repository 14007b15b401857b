// A picture in SVG: as part of an HTML page, or as a file on its own. Legible in light and dark, without script, and
// described in words for those who do not see it. The same calls make the same bytes.
#pragma once

#include <string>
#include <string_view>

namespace bottle {

enum class Anchor { start, middle, end };

class Picture {
 public:
  // `id`: a word that no other picture of the page has.
  Picture(std::string id, std::string title, std::string description)
      : id_(std::move(id)), title_(std::move(title)), description_(std::move(description)) {}

  // `kind`: one of those in picture_style().
  void line(double x1, double y1, double x2, double y2, std::string_view kind);
  void rectangle(double x, double y, double width, double height, std::string_view kind);
  void text(double x, double y, std::string_view text, std::string_view kind, Anchor anchor = Anchor::start);
  void path(const std::string& data, std::string_view kind);
  void resize(double width, double height);  // what is drawn stands within

  std::string in_page() const;  // the page has picture_style()
  std::string as_file() const;

 private:
  std::string root(bool alone) const;

  std::string id_, title_, description_, body_ = {};
  double width_ = 0, height_ = 0;
};

std::string_view picture_style();
std::string coordinate(double value);  // one decimal

}  // namespace bottle
