// Writes XML 1.0 that every parser accepts, whatever the text: invalid UTF-8 and control characters become visible
// escapes, and text is escaped, never CDATA (readers split it).
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bottle {

// As text between tags, or between double quotes where a line end may become a space.
std::string xml_escaped(std::string_view text);

class XmlWriter {
 public:
  using Attributes = std::vector<std::pair<std::string_view, std::string>>;

  explicit XmlWriter(std::ostream& out);  // writes the declaration

  void open(std::string_view name, const Attributes& attributes = {});
  void close();
  void leaf(std::string_view name, const Attributes& attributes = {}, std::string_view text = {});

 private:
  void begin(std::string_view name, const Attributes& attributes);

  std::ostream& out_;
  std::vector<std::string> names_ = {};
};

}  // namespace bottle
