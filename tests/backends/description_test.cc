// Descriptions of sandboxes: every mistake is an error with file and line, and words stay words.
#include "backends/command/description.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <fstream>

#include "backends/command/fill.h"

namespace bottle::command {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

constexpr char kSound[] = R"(name = "fake"
title = "a fake"
claims = ["network"]
exec = ["fake", "{command}"]
[[program]]
name = "fake"
)";

class Descriptions : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(::mkdtemp(folder_.data()), nullptr); }
  void TearDown() override { fs::remove_all(folder_); }
  Result<Description> read(const std::string& text) const {
    const fs::path file = fs::path(folder_) / "fake.toml";
    std::ofstream(file) << text;
    return Description::read(file);
  }
  std::string error_of(const std::string& text) const {
    const auto description = read(text);
    if (description) return "no error";
    EXPECT_EQ(description.error().fault, Fault::usage);
    return description.error().what;
  }
  static std::string with(const std::string& from, const std::string& to) {
    std::string text = kSound;
    return text.replace(text.find(from), from.size(), to);
  }
  std::string folder_ = "/tmp/bottle-descriptions-XXXXXX";
};

TEST_F(Descriptions, SaysHowACommandIsRun) {
  const auto description = read(kSound);
  ASSERT_TRUE(description) << description.error().what;
  EXPECT_EQ(description->bundle, "none");
  EXPECT_EQ(description->user, User::ordinary);
  EXPECT_THAT(description->claims, ElementsAre(Boundary::network));
  EXPECT_THAT(description->exec, ElementsAre("fake", "{command}"));
}

TEST_F(Descriptions, MistakesAreToldWithFileAndLine) {
  EXPECT_THAT(error_of(with("title =", "titel =")), HasSubstr("fake.toml:"));
  EXPECT_THAT(error_of(with("\"network\"", "\"netwrok\"")),
              AllOf(HasSubstr("fake.toml:3:"), HasSubstr("did you mean \"network\"")));
  EXPECT_THAT(error_of(with("[\"network\"]", "[]")), HasSubstr("must name what the sandbox promises"));
  EXPECT_THAT(error_of(with("{command}", "{comand}")),
              AllOf(HasSubstr("fake.toml:4:"), HasSubstr("unknown placeholder {comand}")));
  EXPECT_THAT(error_of(with("exec = [\"fake\", \"{command}\"]", "")), HasSubstr("\"exec\" must say how"));
  EXPECT_THAT(error_of(with("name = \"fake\"\ntitle", "user = \"nobody\"\nname = \"fake\"\ntitle")),
              AllOf(HasSubstr("fake.toml:1:"), HasSubstr("unknown user \"nobody\"")));
  EXPECT_THAT(error_of(with("[[program]]\nname = \"fake\"\n", "")), HasSubstr("at least one [[program]]"));
  EXPECT_THAT(error_of(with("exec =", "environment = [\"--setenv\", \"{variable}\"]\nexec =")),
              HasSubstr("belong together"));
  EXPECT_THAT(error_of(with("[[program]]", "[[file]]\npath = \"{scrach}/x\"\n[[program]]")),
              HasSubstr("unknown placeholder {scrach}"));
}

TEST_F(Descriptions, AKeyThatNobodyKnowsIsAnError) {
  EXPECT_THAT(error_of(with("exec =", "remove = [\"x\"]\nexec =")), HasSubstr("fake.toml:4:"));
}

TEST(ShippedSandboxes, CanAllBeRead) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(BOTTLE_SOURCE_DIR "/fixtures/sandboxes")) {
    if (entry.path().extension() != ".toml") continue;
    const auto description = Description::read(entry.path());
    ASSERT_TRUE(description) << description.error().what;
    EXPECT_EQ(description->name, entry.path().stem().string());
    EXPECT_FALSE(description->version.empty()) << entry.path();
    for (const Needed& needed : description->programs) EXPECT_NE(needed.apt.empty(), needed.npm.empty()) << needed.name;
    ++count;
  }
  EXPECT_GE(count, 4);
}

TEST(ShippedSandboxes, OneThatIsNotThereNamesThoseThatAre) {
  const auto missing = description_named(BOTTLE_SOURCE_DIR "/fixtures/sandboxes", "bubblewarp");
  ASSERT_FALSE(missing.has_value());
  EXPECT_THAT(missing.error().what, HasSubstr("bubblewrap"));
}

TEST(Fill, ValuesNeverBecomeTwoArgumentsNorPlaceholders) {
  const Values values = {{"{name}", "a b {work}"}, {"{work}", "/tmp"}};
  EXPECT_THAT(fill({"-n", "{name}", "{work}/{work}", "{other}", "{"}, values),
              ElementsAre("-n", "a b {work}", "/tmp//tmp", "{other}", "{"));
}

TEST(Fill, TheCommandStandsWhereItIsPlacedOrFollows) {
  const std::vector<std::string> command = {"echo", "{work}", "$x"};
  EXPECT_THAT(fill_exec({"s", "{command}", "-"}, {}, {{"{work}", "/tmp"}}, command, {}),
              ElementsAre("s", "echo", "{work}", "$x", "-"));
  EXPECT_THAT(fill_exec({"s", "--"}, {}, {}, command, {}), ElementsAre("s", "--", "echo", "{work}", "$x"));
}

TEST(Fill, EachVariableBecomesItsArguments) {
  EXPECT_THAT(fill_exec({"s", "{environment}", "{command}"}, {"-e", "{variable}={value}"}, {}, {"c"},
                        {{"A", "1 2"}, {"B", "{command}"}}),
              ElementsAre("s", "-e", "A=1 2", "-e", "B={command}", "c"));
}

}  // namespace
}  // namespace bottle::command
