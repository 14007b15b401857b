#include "harness/suggestion.h"

#include <gtest/gtest.h>

namespace bottle {
namespace {

TEST(Suggestion, TheNearestNameIsOffered) {
  const std::vector<std::string> known = {"title", "technique", "why"};
  EXPECT_EQ(suggestion("tittle", known), "; did you mean \"title\"?");
  EXPECT_EQ(suggestion("tecnhique", known), "; did you mean \"technique\"?");
  EXPECT_EQ(suggestion("wy", known), "; did you mean \"why\"?");
}

TEST(Suggestion, WhatIsFarFromEverythingIsNotGuessedAt) {
  EXPECT_EQ(suggestion("backend", {"why", "id"}), "; known: \"why\", \"id\"");
  EXPECT_EQ(suggestion("xy", {"id"}), "; known: \"id\"");
}

TEST(Suggestion, NothingIsKnownNothingIsSaid) { EXPECT_EQ(suggestion("x", {}), ""); }

}  // namespace
}  // namespace bottle
