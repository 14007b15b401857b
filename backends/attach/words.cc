#include "backends/attach/words.h"

namespace bottle::attach {
namespace {

constexpr std::string_view kBlanks = " \t\n";

// One word from `at` on, and `at` behind it.
Result<std::string> take_word(std::string_view text, std::size_t& at) {
  std::string word;
  char quote = '\0';
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quote == '\0' && kBlanks.find(c) != kBlanks.npos) break;
    const bool escapes = c == '\\' && quote != '\'';
    if (escapes && at + 1 == text.size()) return fail("a backslash at its end", Fault::usage);
    if (escapes && (quote == '\0' || text[at + 1] == '"' || text[at + 1] == '\\')) {
      word += text[++at];
    } else if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = '\0';
    } else {
      word += c;
    }
  }
  if (quote != '\0') return fail(std::string("a ") + quote + " without its end", Fault::usage);
  return word;
}

}  // namespace

Result<std::vector<std::string>> split_words(std::string_view text) {
  if (text.find('\0') != text.npos) return fail("a NUL in it", Fault::usage);
  std::vector<std::string> words;
  for (std::size_t at = 0;;) {
    at = text.find_first_not_of(kBlanks, at);
    if (at == text.npos) break;
    BOTTLE_TRY(words.emplace_back(), take_word(text, at));
  }
  if (words.empty() || words.front().empty()) return fail("it names no program", Fault::usage);
  return words;
}

}  // namespace bottle::attach
