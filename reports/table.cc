#include "reports/table.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "harness/safe_text.h"
#include "reports/columns.h"

namespace bottle {
namespace {

constexpr std::size_t kShortestName = 10;

}  // namespace

void Table::row(std::vector<Piece> cells) {
  cells.resize(heads_.size());
  for (Piece& cell : cells) cell.text = safe_line(cell.text);
  rows_.push_back(std::move(cells));
}

void Table::write(Page& page, int width) const {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < heads_.size(); ++column) {
    std::size_t widest = columns_of(heads_[column]);
    for (const auto& row : rows_) widest = std::max(widest, columns_of(row[column].text));
    widths.push_back(widest);
  }
  const std::size_t room = static_cast<std::size_t>(std::max(width, 0));
  const std::size_t others = std::accumulate(widths.begin() + 1, widths.end(), std::size_t{0});
  const std::size_t gaps = heads_.size() - 1;
  const std::size_t gap = others + 2 * gaps + std::min(widths[0], 2 * kShortestName) <= room ? 2 : 1;
  const std::size_t taken = others + gap * gaps;
  widths[0] = std::clamp(room > taken ? room - taken : 0, std::min(kShortestName, widths[0]), widths[0]);

  const auto aligned = [&](std::size_t column, const std::string& text) {
    const std::string cut = column == 0 ? cut_to(text, widths[0]) : text;
    const std::string fill(widths[column] - columns_of(cut), ' ');
    return column == 0 ? cut + fill : std::string(gap, ' ') + fill + cut;
  };
  std::string head;
  for (std::size_t column = 0; column < heads_.size(); ++column) head += aligned(column, heads_[column]);
  page.line({{head, Tone::faint}});
  for (const auto& row : rows_) {
    std::vector<Piece> line;
    for (std::size_t column = 0; column < row.size(); ++column)
      line.push_back({aligned(column, row[column].text), row[column].tone});
    while (!line.empty() && line.back().text.find_first_not_of(' ') == std::string::npos) line.pop_back();
    page.line(line);
  }
}

}  // namespace bottle
