#include "harness/sample.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace bottle {
namespace {

using Said = std::set<std::pair<std::string, std::string>>;

std::size_t news_of(const Variant& variant, const Said& said) {
  return static_cast<std::size_t>(std::count_if(variant.choice.begin(), variant.choice.end(),
                                                [&](const auto& blank) { return !said.contains(blank); }));
}

// Greedy: always the first of those that say most that has not been said. Not the fewest possible, but few, and the
// same each time.
void sample_case(std::vector<Variant> rest, std::vector<Variant>& taken) {
  Said said;
  while (!rest.empty()) {
    const auto best = std::max_element(rest.begin(), rest.end(), [&](const Variant& a, const Variant& b) {
      return news_of(a, said) < news_of(b, said);
    });
    if (news_of(*best, said) == 0 && !said.empty()) return;
    said.insert(best->choice.begin(), best->choice.end());
    taken.push_back(std::move(*best));
    rest.erase(best);
    if (said.empty()) return;  // a case without blanks has one variant
  }
}

}  // namespace

std::vector<Variant> sample_of(const std::vector<Variant>& variants) {
  std::vector<Variant> taken;
  for (auto from = variants.begin(); from != variants.end();) {
    const auto to = std::find_if(from, variants.end(), [&](const Variant& one) { return one.of != from->of; });
    sample_case({from, to}, taken);
    from = to;
  }
  return taken;
}

}  // namespace bottle
