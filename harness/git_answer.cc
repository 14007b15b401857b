#include "harness/git_answer.h"

#include <charconv>

namespace bottle {
namespace {

constexpr std::size_t kLength = 4;
constexpr char kReport = 1, kWords = 2, kLastWords = 3;  // the bands of a side-band

// The content of the first packet, which is taken away. A flush is empty.
std::optional<std::string_view> next_packet(std::string_view& bytes) {
  std::size_t size = 0;
  const std::string_view digits = bytes.substr(0, kLength);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
  if (error != std::errc{} || end != digits.data() + kLength || (size != 0 && size < kLength)) return std::nullopt;
  bytes.remove_prefix(kLength);
  const std::string_view content = bytes.substr(0, size == 0 ? 0 : size - kLength);
  bytes.remove_prefix(content.size());
  return content;
}

std::string as_remote(std::string_view words) {
  std::string text;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find('\n'), words.size());
    text += "remote: " + std::string(words.substr(0, end)) + "\n";
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return text;
}

}  // namespace

std::optional<std::string> text_of_git_answer(std::string_view bytes) {
  std::string words, report, text;
  while (!bytes.empty()) {
    const auto packet = next_packet(bytes);
    if (!packet) return std::nullopt;
    if (packet->empty()) continue;
    const std::string_view content = packet->substr(1);
    if (packet->front() == kReport)
      report += content;
    else if (packet->front() == kWords || packet->front() == kLastWords)
      words += content;
    else
      return std::nullopt;
  }
  if (words.empty() && report.empty()) return std::nullopt;
  std::string_view rest = report;
  while (!rest.empty()) {
    const auto line = next_packet(rest);
    if (!line) break;
    text += *line;
  }
  return as_remote(words) + text;
}

}  // namespace bottle
