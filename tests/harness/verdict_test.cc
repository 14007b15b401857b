#include "harness/verdict.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <set>

namespace bottle {
namespace {

template <class T>
void expect_names_read_back(std::initializer_list<T> values, std::optional<T> (*named)(std::string_view)) {
  std::set<std::string_view> names;
  for (const T value : values) {
    EXPECT_TRUE(names.insert(name_of(value)).second) << name_of(value) << " names two values";
    EXPECT_EQ(named(name_of(value)), value) << name_of(value);
  }
  EXPECT_EQ(named(""), std::nullopt);
  EXPECT_EQ(named("Contained "), std::nullopt);
  EXPECT_EQ(named("?"), std::nullopt);
}

TEST(Verdict, EveryNameReadsBackAsWhatItNames) {
  using enum Verdict;
  expect_names_read_back({contained, leaked, inconclusive, not_applicable, error}, verdict_named);
}

TEST(Verdict, EveryDispositionLayerAndWordReadsBack) {
  expect_names_read_back({Disposition::none, Disposition::denied, Disposition::refused, Disposition::dropped,
                          Disposition::redacted, Disposition::held},
                         disposition_named);
  expect_names_read_back({Layer::none, Layer::vmm, Layer::network, Layer::pipelock, Layer::egress, Layer::git_gate,
                          Layer::supervise, Layer::resolver, Layer::sandbox},
                         layer_named);
  expect_names_read_back({Word::nobody, Word::agent, Word::bundle, Word::sink, Word::harness}, word_named);
}

TEST(Verdict, NamesAreThoseOfTheContract) {
  EXPECT_EQ(name_of(Verdict::not_applicable), "not_applicable");
  EXPECT_EQ(name_of(Layer::git_gate), "git-gate");
}

TEST(Verdict, AValueThatIsNoEnumeratorHasANameThatReadsAsNothing) {
  const std::string_view name = name_of(static_cast<Verdict>(99));
  EXPECT_EQ(verdict_named(name), std::nullopt);
}

}  // namespace
}  // namespace bottle
