// The catalogue that is shipped: whole, and as PRD 0022 numbers it.
#include <gtest/gtest.h>

#include <set>

#include "attacks/registry.h"
#include "harness/plan.h"

namespace bottle {
namespace {

class Shipped : public testing::Test {
 protected:
  void SetUp() override {
    techniques = all_techniques();
    std::vector<std::string> names;
    for (const Technique& one : techniques) names.emplace_back(one.name);
    auto read = read_catalogue(BOTTLE_SOURCE_DIR "/attacks/catalogue", names);
    ASSERT_TRUE(read) << read.error().what;
    cases = *read;
  }
  std::vector<Variant> select(const std::vector<std::string>& filters) const {
    auto selected = select_variants(cases, techniques, "standard", filters);
    EXPECT_TRUE(selected) << selected.error().what;
    return selected ? *selected : std::vector<Variant>{};
  }
  std::vector<Technique> techniques;
  std::vector<Case> cases;
};

TEST_F(Shipped, HasTheFiveCategoriesTheTwoProbesAndTheHostsReach) {
  std::set<std::string> categories;
  for (const Case& one : cases) categories.insert(one.info.category);
  EXPECT_EQ(categories, (std::set<std::string>{"denied-host", "denied-ip", "http-exfil", "dns-exfil", "git-gate",
                                               "localhost-reach", "egress-port-bypass", "host-reach"}));
}

TEST_F(Shipped, TriesEachSecretInEachPositionOverBothSchemes) {
  for (const char* position : {"path", "query", "body", "header"}) {
    std::set<std::string> seen;
    for (const Variant& variant : select({std::string("http-exfil.") + position})) {
      if (variant.choice.at("client") == "prober")
        seen.insert(variant.choice.at("secret") + variant.choice.at("scheme"));
    }
    EXPECT_EQ(seen.size(), 6u) << position;
  }
}

TEST_F(Shipped, EveryCaseSaysWhyItMattersAndWhatToDo) {
  for (const Case& one : cases) {
    EXPECT_FALSE(one.info.why.empty()) << one.info.id;
    EXPECT_FALSE(one.info.fix.empty()) << one.info.id;
    EXPECT_FALSE(one.info.references.empty()) << one.info.id;
    EXPECT_FALSE(one.expect.empty()) << one.info.id;
  }
}

TEST_F(Shipped, VariantNamesAreUniqueWithinTheirCase) {
  std::set<std::string> names;
  for (const Variant& variant : select({}))
    EXPECT_TRUE(names.insert(variant.of->info.id + "[" + variant.name + "]").second) << variant.name;
}

TEST_F(Shipped, FiltersTakeAndTakeAway) {
  const auto all = select({});
  EXPECT_LT(select({"git-gate.*"}).size(), all.size());
  EXPECT_EQ(select({"git-gate.*"}).size() + select({"!git-gate.*"}).size(), all.size());
  EXPECT_EQ(select({"git-gate.readme-link[*secret=aws*]"}).size(), 1u);
  for (const Variant& variant : select({"*[*client=curl*]"})) EXPECT_EQ(variant.choice.at("client"), "curl");
}

TEST_F(Shipped, AFilterThatTakesNothingIsAnErrorThatNamesTheNearest) {
  for (const char* filter : {"git-gte.*", "!git-gte.*"}) {
    const auto selected = select_variants(cases, techniques, "standard", {"denied-ip.raw", filter});
    ASSERT_FALSE(selected) << filter;
    EXPECT_EQ(selected.error().fault, Fault::nothing);
    EXPECT_NE(selected.error().what.find("did you mean \"git-gate.*\""), std::string::npos) << selected.error().what;
  }
}

TEST_F(Shipped, AParameterThatItsTechniqueDoesNotKnowIsAnErrorWithItsPlace) {
  cases.front().parameters.emplace_back("colour", std::vector<std::string>{"red"});
  const auto selected = select_variants(cases, techniques, "standard", {});
  ASSERT_FALSE(selected);
  EXPECT_EQ(selected.error().fault, Fault::usage);
  EXPECT_NE(selected.error().what.find("1-denied-host.toml:"), std::string::npos) << selected.error().what;
  EXPECT_NE(selected.error().what.find("colour"), std::string::npos);
}

}  // namespace
}  // namespace bottle
