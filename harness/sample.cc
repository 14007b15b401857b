#include "harness/sample.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>

namespace bottle {
namespace {

// A blank's name and value, on a road: past the proxy everything is another attempt than through it.
using Said = std::set<std::array<std::string, 3>>;

Said words_of(const Variant& variant) {
  const auto via = variant.choice.find("via");
  Said words;
  for (const auto& [name, value] : variant.choice)
    words.insert({via == variant.choice.end() ? std::string("direct") : via->second, name, value});
  return words;
}

std::size_t news_of(const Variant& variant, const Said& said) {
  const Said words = words_of(variant);
  return static_cast<std::size_t>(
      std::count_if(words.begin(), words.end(), [&](const auto& word) { return !said.contains(word); }));
}

// Greedy: always the first of those that say most that has not been said in this category, until nothing new is left;
// at least one. Not the fewest possible, but few, and the same each time.
void sample_case(std::vector<Variant> rest, Said& said, std::vector<Variant>& taken) {
  for (bool first = true; !rest.empty(); first = false) {
    const auto best = std::max_element(rest.begin(), rest.end(), [&](const Variant& a, const Variant& b) {
      return news_of(a, said) < news_of(b, said);
    });
    if (!first && news_of(*best, said) == 0) return;
    said.merge(words_of(*best));
    taken.push_back(std::move(*best));
    rest.erase(best);
  }
}

}  // namespace

std::vector<Variant> sample_of(const std::vector<Variant>& variants) {
  std::vector<Variant> taken;
  std::map<std::string, Said> said;  // by category
  for (auto from = variants.begin(); from != variants.end();) {
    const auto to = std::find_if(from, variants.end(), [&](const Variant& one) { return one.of != from->of; });
    std::vector<Variant> of_case;
    std::copy_if(from, to, std::back_inserter(of_case), [&](const Variant& one) {
      return chosen(one.choice, "client", "") == chosen(from->choice, "client", "");
    });
    sample_case(std::move(of_case), said[from->of->info.category], taken);
    from = to;
  }
  return taken;
}

}  // namespace bottle
