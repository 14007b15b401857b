// Reading cases: what is wrong in one is named, what is right comes through whole.
#include "harness/catalogue.h"

#include <gmock/gmock.h>

#include "temp_folder.h"

namespace bottle {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::vector<std::string> kTechniques = {"http", "dns"};

constexpr const char* kWhole = R"([[case]]
id        = "http-exfil.header"
category  = "http-exfil"
title     = "Secret in a header"
severity  = "critical"
cwe       = 200
attack    = "T1048.003"
technique = "http"
params    = { route = "allowed", size = 7, deep = true }
matrix    = { scheme = ["http", "https"], client = ["prober", "curl"] }
profile   = "full"
expect    = ["denied", "held"]
why       = "w"
fix       = "f"
refs      = ["PRD 0022 3d"]
)";

// A case with the line that begins with `key` replaced, or removed when `line` is empty.
std::string with(const std::string& key, const std::string& line) {
  std::istringstream lines{std::string(kWhole)};
  std::string text;
  for (std::string each; std::getline(lines, each);) {
    const bool hit = each.rfind(key + " ", 0) == 0;
    if (!hit) text += each + "\n";
    if (hit && !line.empty()) text += line + "\n";
  }
  return text;
}

std::string error_of(const std::string& text) {
  const TempFolder folder;
  folder.write("a.toml", text);
  const auto read = read_catalogue(folder.path(), kTechniques);
  return read ? "" : read.error().what;
}

TEST(Catalogue, ACaseComesThroughWhole) {
  const TempFolder folder;
  const auto file = folder.write("a.toml", "# a comment first\n\n" + std::string(kWhole));
  const auto cases = read_catalogue(folder.path(), kTechniques);
  ASSERT_TRUE(cases) << cases.error().what;
  ASSERT_THAT(*cases, SizeIs(1));
  const Case& read = cases->front();
  EXPECT_EQ(read.info.id, "http-exfil.header");
  EXPECT_EQ(read.info.category, "http-exfil");
  EXPECT_EQ(read.info.title, "Secret in a header");
  EXPECT_EQ(read.info.severity, "critical");
  EXPECT_EQ(read.info.cwe, 200);
  EXPECT_EQ(read.info.attack, "T1048.003");
  EXPECT_EQ(read.info.why, "w");
  EXPECT_EQ(read.info.fix, "f");
  EXPECT_THAT(read.info.references, ElementsAre("PRD 0022 3d"));
  EXPECT_EQ(read.technique, "http");
  EXPECT_EQ(read.profile, "full");
  EXPECT_THAT(read.expect, ElementsAre(Disposition::denied, Disposition::held));
  EXPECT_EQ(read.file, file);
  EXPECT_EQ(read.line, 3);
  const Parameters expected = {{"route", {"allowed"}},
                               {"size", {"7"}},
                               {"deep", {"true"}},
                               {"scheme", {"http", "https"}},
                               {"client", {"prober", "curl"}}};
  EXPECT_EQ(read.parameters, expected);
}

TEST(Catalogue, WhatMayBeLeftOutMayBeLeftOut) {
  for (const char* key : {"cwe", "attack", "params", "matrix", "profile", "expect", "fix", "refs"})
    EXPECT_EQ(error_of(with(key, "")), "") << key;
}

TEST(Catalogue, WhatMustBeThereIsNamedWhenItIsNot) {
  for (const char* key : {"id", "category", "title", "severity", "technique", "why"})
    EXPECT_THAT(error_of(with(key, "")), HasSubstr("missing key \"" + std::string(key) + "\" in [[case]]")) << key;
}

TEST(Catalogue, AnUnknownKeyIsNamedWithFileLineAndNearestKey) {
  EXPECT_THAT(error_of(with("title", "tittle = 'x'")),
              EndsWith("a.toml:4: unknown key \"tittle\" in [[case]]; did you mean \"title\"?"));
}

TEST(Catalogue, ValuesThatDoNotExistAreErrors) {
  EXPECT_THAT(error_of(with("severity", "severity = 'hihg'")),
              EndsWith("a.toml:5: unknown severity \"hihg\"; did you mean \"high\"?"));
  EXPECT_THAT(error_of(with("technique", "technique = 'htp'")),
              EndsWith("a.toml:8: unknown technique \"htp\"; did you mean \"http\"?"));
  EXPECT_THAT(error_of(with("profile", "profile = 'fulll'")), HasSubstr("did you mean \"full\"?"));
  EXPECT_THAT(error_of(with("expect", "expect = ['denyed']")), HasSubstr("did you mean \"denied\"?"));
  EXPECT_THAT(error_of(with("expect", "expect = ['none']")), HasSubstr("unknown disposition \"none\""));
  EXPECT_THAT(error_of(with("attack", "attack = 'T1048.3'")), HasSubstr("must be like T1048"));
  EXPECT_THAT(error_of(with("cwe", "cwe = -1")), HasSubstr("must be from 1"));
}

TEST(Catalogue, IdsAreSlugsJoinedByPoints) {
  for (const char* id : {"a", "a.b", "a-1.b-2.c"})
    EXPECT_EQ(error_of(with("id", "id = '" + std::string(id) + "'")), "") << id;
  for (const char* id : {"A", "a.", ".a", "a..b", "a b", "a_b", "a/b", "a[b]"})
    EXPECT_THAT(error_of(with("id", "id = '" + std::string(id) + "'")), HasSubstr("a.toml:2: id \"")) << id;
}

TEST(Catalogue, ACaseThatWouldHaveNoVariantsIsAnError) {
  EXPECT_THAT(error_of(with("matrix", "matrix = { scheme = [] }")), HasSubstr("\"scheme\" has no values"));
}

TEST(Catalogue, TheSameVariantTwiceIsAnError) {
  EXPECT_THAT(error_of(with("matrix", "matrix = { scheme = ['http', 'http'] }")), HasSubstr("the same value twice"));
  EXPECT_THAT(error_of(with("matrix", "matrix = { route = ['allowed'] }")), HasSubstr("in params and in matrix"));
}

TEST(Catalogue, AMatrixIsMadeOfLists) {
  EXPECT_THAT(error_of(with("matrix", "matrix = { scheme = 'http' }")),
              HasSubstr("\"scheme\" in [case.matrix] must be a list, not a string"));
}

TEST(Catalogue, AMatrixThatExplodesIsAnError) {
  std::string line = "matrix = { ";
  for (const char* name : {"a", "b", "c", "d"}) line += std::string(name) + " = [1,2,3,4,5,6,7,8,9], ";
  EXPECT_THAT(error_of(with("matrix", line + "e = [1] }")), HasSubstr("more than 4096 variants"));
}

TEST(Catalogue, AnIdIsUniqueOverAllFoldersAndBothPlacesAreNamed) {
  const TempFolder folder;
  folder.write("one/a.toml", kWhole);
  folder.write("two/b.toml", "\n" + std::string(kWhole));
  const auto both = read_catalogues({folder.path() / "one", folder.path() / "two"}, kTechniques);
  ASSERT_FALSE(both);
  EXPECT_THAT(both.error().what, HasSubstr("two/b.toml:3: case \"http-exfil.header\" is already in"));
  EXPECT_THAT(both.error().what, EndsWith("one/a.toml:1"));
  EXPECT_THAT(error_of(std::string(kWhole) + kWhole), HasSubstr("is already in"));
}

TEST(Catalogue, FilesAreReadInTheOrderOfTheirNames) {
  const TempFolder folder;
  folder.write("2.toml", with("id", "id = 'second'"));
  folder.write("1.toml", with("id", "id = 'first'"));
  const auto cases = read_catalogue(folder.path(), kTechniques);
  ASSERT_TRUE(cases);
  ASSERT_THAT(*cases, SizeIs(2));
  EXPECT_EQ(cases->at(0).info.id, "first");
}

TEST(Catalogue, AFileOrFolderWithoutACaseIsAnError) {
  EXPECT_THAT(error_of(""), HasSubstr("no [[case]] in this file"));
  const TempFolder folder;
  EXPECT_THAT(read_catalogue(folder.path(), kTechniques).error().what, HasSubstr("no *.toml in this catalogue folder"));
  EXPECT_EQ(read_catalogue(folder.path(), kTechniques).error().fault, Fault::usage);
}

TEST(Combinations, EveryValueMeetsEveryOtherInTheOrderWritten) {
  const auto made = combinations({{"scheme", {"http", "https"}}, {"client", {"prober", "curl"}}});
  std::vector<std::string> texts;
  for (const auto& [text, choice] : made) texts.push_back(text);
  EXPECT_THAT(texts, ElementsAre("scheme=http,client=prober", "scheme=http,client=curl", "scheme=https,client=prober",
                                 "scheme=https,client=curl"));
  EXPECT_EQ(made.at(2).second, (Choice{{"scheme", "https"}, {"client", "prober"}}));
}

TEST(Combinations, NoParametersAreOneVariantWithoutAName) {
  const auto made = combinations({});
  ASSERT_THAT(made, SizeIs(1));
  EXPECT_EQ(made.front().first, "");
  EXPECT_THAT(made.front().second, IsEmpty());
}

}  // namespace
}  // namespace bottle
