// Writes HTML elements with everything escaped, whatever the text: what came from the agent side stays text.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bottle {

class HtmlWriter {
 public:
  using Attributes = std::vector<std::pair<std::string_view, std::string>>;

  explicit HtmlWriter(std::ostream& out) : out_(out) {}

  void open(std::string_view name, const Attributes& attributes = {});
  void close();
  void leaf(std::string_view name, std::string_view text, const Attributes& attributes = {});
  void markup(std::string_view ours);  // as it is: a picture that we drew

 private:
  void begin(std::string_view name, const Attributes& attributes);

  std::ostream& out_;
  std::vector<std::string> names_ = {};
};

}  // namespace bottle
