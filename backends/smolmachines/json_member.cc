#include "backends/smolmachines/json_member.h"

#include <nlohmann/json.hpp>

namespace bottle::smolmachines {
namespace {

// Of a text that is known to be JSON. Positions are those of the text.
class Walk {
 public:
  explicit Walk(const std::string& text) : text_(text) {}

  std::size_t at() const { return at_; }
  char next() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  void step() { ++at_; }
  void skip_string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    ++at_;
  }
  // To the end of a value: the comma or bracket that follows it at the same depth.
  void skip_value() {
    int depth = 0;
    for (;;) {
      const char c = next();
      if (c == '\0') return;
      if (depth == 0 && (c == ',' || c == '}')) return;
      if (c == '"') {
        skip_string();
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      step();
    }
  }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
  const std::string& text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::string> with_member(const std::string& text, std::string_view key, std::string_view value) {
  if (!nlohmann::json::parse(text, nullptr, false).is_object()) return fail("it is no JSON object");
  std::size_t from = 0, to = 0;
  int found = 0;
  Walk walk(text);
  walk.next();
  walk.step();
  const std::size_t inside = walk.at();
  while (walk.next() == '"') {
    const std::size_t name = walk.at();
    walk.skip_string();
    const auto spelled = nlohmann::json::parse(text.substr(name, walk.at() - name));
    walk.next();  // the colon
    walk.step();
    walk.next();
    const std::size_t begin = walk.at();
    walk.skip_value();
    if (spelled == key) {
      ++found;
      from = begin;
      to = walk.at();
    }
    if (walk.next() == ',') walk.step();
  }
  if (found > 1) return fail("it has \"" + std::string(key) + "\" twice");
  std::string changed = text;
  if (found == 1) {
    while (to > from && (text[to - 1] == ' ' || text[to - 1] == '\n' || text[to - 1] == '\t' || text[to - 1] == '\r'))
      --to;
    return changed.replace(from, to - from, value);
  }
  const bool empty = nlohmann::json::parse(text).empty();
  return changed.insert(inside, nlohmann::json(key).dump() + ":" + std::string(value) + (empty ? "" : ","));
}

}  // namespace bottle::smolmachines
