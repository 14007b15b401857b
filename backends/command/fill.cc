#include "backends/command/fill.h"

#include <algorithm>

namespace bottle::command {
namespace {

// The end of the placeholder that begins here; npos: none does.
std::size_t end_of_placeholder(std::string_view word, std::size_t at) {
  const auto end = word.find_first_not_of("abcdefghijklmnopqrstuvwxyz-", at + 1);
  return end == word.npos || end == at + 1 || word[end] != '}' ? word.npos : end + 1;
}

void append(std::vector<std::string>& words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
}

}  // namespace

std::vector<std::string> placeholders() { return {"{name}", "{scratch}", "{work}", "{files}", "{allowed}"}; }

std::string unknown_placeholder(std::string_view word, const std::vector<std::string>& known) {
  for (auto at = word.find('{'); at != word.npos; at = word.find('{', at + 1)) {
    const auto end = end_of_placeholder(word, at);
    if (end == word.npos) continue;
    std::string found(word.substr(at, end - at));
    if (std::find(known.begin(), known.end(), found) == known.end()) return found;
  }
  return {};
}

std::string fill(std::string_view word, const Values& values) {
  std::string filled;
  for (std::size_t at = 0; at < word.size();) {
    const auto end = word[at] == '{' ? end_of_placeholder(word, at) : word.npos;
    const auto value = end == word.npos ? values.end() : values.find(std::string(word.substr(at, end - at)));
    if (value == values.end()) {
      filled += word[at++];
    } else {
      filled += value->second;
      at = end;
    }
  }
  return filled;
}

std::vector<std::string> fill(const std::vector<std::string>& words, const Values& values) {
  std::vector<std::string> filled;
  for (const std::string& word : words) filled.push_back(fill(word, values));
  return filled;
}

std::vector<std::string> fill_exec(const std::vector<std::string>& exec, const std::vector<std::string>& variable,
                                   const Values& values, const std::vector<std::string>& command,
                                   const Environment& environment) {
  std::vector<std::string> words;
  bool placed = false;
  for (const std::string& word : exec) {
    if (word == kCommandWord) {
      append(words, command);
      placed = true;
    } else if (word == kEnvironmentWord) {
      for (const auto& [name, value] : environment)
        append(words, fill(variable, {{"{variable}", name}, {"{value}", value}}));
    } else {
      words.push_back(fill(word, values));
    }
  }
  if (!placed) append(words, command);
  return words;
}

}  // namespace bottle::command
