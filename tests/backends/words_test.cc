// How a command that a user wrote in one piece becomes words.
#include "backends/attach/words.h"

#include <gmock/gmock.h>

namespace bottle::attach {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> words(std::string_view text) { return split_words(text).value_or(std::vector<std::string>()); }

TEST(Words, BlanksPartThemAndQuotesKeepThemTogether) {
  EXPECT_THAT(words("docker exec -i box"), ElementsAre("docker", "exec", "-i", "box"));
  EXPECT_THAT(words("  a\t'b c'\n\"d  e\" "), ElementsAre("a", "b c", "d  e"));
  EXPECT_THAT(words("a''b \"\" c"), ElementsAre("ab", "", "c")) << "an empty word is one";
  EXPECT_THAT(words("x'y z'w"), ElementsAre("xy zw"));
}

TEST(Words, ABackslashTakesAMeaningAway) {
  EXPECT_THAT(words(R"(a\ b \" \\ \')"), ElementsAre("a b", "\"", "\\", "'"));
  EXPECT_THAT(words(R"("\"q\" \\ \n" '\n')"), ElementsAre("\"q\" \\ \\n", "\\n"));
}

TEST(Words, NothingThatAShellWouldDoIsDone) {
  EXPECT_THAT(words("a $HOME `id` $(id) ~ * ; & | > f #c {b,c}"),
              ElementsAre("a", "$HOME", "`id`", "$(id)", "~", "*", ";", "&", "|", ">", "f", "#c", "{b,c}"));
}

TEST(Words, WhatCannotBeReadIsAMistakeOfTheUsers) {
  for (const auto& [text, what] : {std::pair<std::string, std::string>{"a 'b", "a ' without its end"},
                                   {"a \"b", "a \" without its end"},
                                   {"a\\", "a backslash at its end"},
                                   {"\"a\\", "a backslash at its end"},
                                   {"  ", "it names no program"},
                                   {"'' b", "it names no program"},
                                   {std::string("a\0b", 3), "a NUL in it"}}) {
    const auto split = split_words(text);
    ASSERT_FALSE(split.has_value()) << text;
    EXPECT_EQ(split.error().fault, Fault::usage);
    EXPECT_THAT(split.error().what, HasSubstr(what));
  }
}

}  // namespace
}  // namespace bottle::attach
