#include "harness/suggestion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace bottle {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t swapped = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({swapped, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string suggestion(std::string_view written, const std::vector<std::string>& known) {
  if (known.empty()) return "";
  const std::string* nearest = nullptr;
  std::size_t least = std::max<std::size_t>(2, written.size() / 3) + 1;
  for (const std::string& name : known) {
    // What shares no letter is not near, however short it is.
    const std::size_t distance = edit_distance(written.substr(0, 80), name);
    if (distance < least && distance < std::max(written.size(), name.size())) {
      least = distance;
      nearest = &name;
    }
  }
  if (nearest != nullptr) return fmt::format("; did you mean \"{}\"?", *nearest);
  return fmt::format("; known: \"{}\"", fmt::join(known, "\", \""));
}

}  // namespace bottle
