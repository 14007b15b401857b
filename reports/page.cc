#include "reports/page.h"

#include <algorithm>

#include "harness/safe_text.h"
#include "reports/columns.h"

namespace bottle {
namespace {

constexpr std::size_t kLongest = 1024;  // of one piece; the record has the rest

// `first`: the room on the first line, `rest`: on all that follow.
std::vector<std::string_view> wrapped(std::string_view text, std::size_t first, std::size_t rest) {
  std::vector<std::string_view> lines;
  for (std::size_t width = first; columns_of(text) > width; width = rest) {
    const std::size_t fits = bytes_of(text, width);
    const std::size_t space = text.rfind(' ', fits);
    const bool at_space = space != std::string_view::npos && space > fits / 3;
    lines.push_back(text.substr(0, at_space ? space : fits));
    text.remove_prefix(at_space ? space + 1 : fits);
  }
  lines.push_back(text);
  return lines;
}

// A CI runner obeys "##[command]" anywhere in a line and "::command::" at its beginning, spaces apart.
std::string inert(std::string text, bool begins_line) {
  for (const std::string_view order : {"##[", "##vso["}) {
    for (auto at = text.find(order); at != std::string::npos; at = text.find(order, at)) text.insert(at + 2, "\\");
  }
  const auto first = text.find_first_not_of(' ');
  if (begins_line && first != std::string::npos && text.compare(first, 2, "::") == 0) text.insert(first, "\\");
  return text;
}

std::string_view escape_for(Tone tone) {
  switch (tone) {
    case Tone::plain: return "";
    case Tone::strong: return "\x1b[1m";
    case Tone::faint: return "\x1b[2m";
    case Tone::good: return "\x1b[32m";
    case Tone::bad: return "\x1b[1;31m";
    case Tone::doubt: return "\x1b[33m";
  }
  return "";
}

}  // namespace

Page::Page(std::ostream& out, const ConsoleStyle& style)
    : out_(out), colour_(style.colour), width_(static_cast<std::size_t>(std::clamp(style.width, 60, 400))) {}

std::string Page::painted(const Piece& piece) const {
  const std::string_view escape = escape_for(piece.tone);
  if (!colour_ || escape.empty() || piece.text.empty()) return piece.text;
  return std::string(escape) + piece.text + "\x1b[0m";
}

void Page::blank() { out_ << '\n'; }

void Page::line(const std::vector<Piece>& pieces) {
  bool begins = true;
  for (const Piece& piece : pieces) {
    out_ << painted({inert(safe_line(piece.text, kLongest), begins), piece.tone});
    begins = begins && piece.text.find_first_not_of(' ') == std::string::npos;
  }
  out_ << '\n';
}

void Page::text(int indent, const Piece& text) { entry(indent, {}, indent, text); }

void Page::entry(int indent, const Piece& label, int column, const Piece& text) {
  const std::string name = safe_line(label.text, 80);
  const auto margin = static_cast<std::size_t>(indent), hang = static_cast<std::size_t>(column);
  const std::size_t used = margin + columns_of(name);
  const std::size_t start = std::max(hang, name.empty() ? used : used + 1);
  const auto room = [&](std::size_t from) { return width_ > from + 20 ? width_ - from : 20; };
  const std::string safe = safe_line(text.text, kLongest);
  bool first = true;
  for (const std::string_view part : wrapped(safe, room(start), room(hang))) {
    if (first) out_ << std::string(margin, ' ') << painted({inert(name, true), label.tone});
    out_ << std::string(first ? start - used : hang, ' ');
    out_ << painted({inert(std::string(part), !first || name.empty()), text.tone}) << '\n';
    first = false;
  }
}

}  // namespace bottle
