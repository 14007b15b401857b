#include "harness/safe_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace bottle {
namespace {

using std::string_literals::operator""s;
using testing::HasSubstr;
using testing::Not;

// An independent reader of UTF-8 for the tests: true when well formed and free of control characters but \n and \t.
bool is_clean(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x20 && lead != '\n' && lead != '\t') return false;
    if (lead == 0x7F) return false;
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t more = (lead & 0xE0) == 0xC0 ? 1 : (lead & 0xF0) == 0xE0 ? 2 : (lead & 0xF8) == 0xF0 ? 3 : 0;
    if (more == 0 || i + more >= text.size()) return false;
    std::uint32_t code = lead & (0x3Fu >> more);
    for (std::size_t k = 1; k <= more; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xC0) != 0x80) return false;
      code = code * 64 + (next & 0x3F);
    }
    constexpr std::uint32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
    if (code < kLeast[more] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return false;
    if ((code >= 0x80 && code < 0xA0) || code == 0xFFFE || code == 0xFFFF || (code >= 0x202A && code <= 0x202E))
      return false;
    i += more + 1;
  }
  return true;
}

TEST(SafeText, OrdinaryTextStaysAsItIs) {
  const std::string text = "caf\u00e9 \u4f60\u597d \U0001F600\n\tand more \\x1b";
  EXPECT_EQ(safe_text(text), text);
  EXPECT_EQ(safe_text(""), "");
}

TEST(SafeText, ControlCharactersBecomeVisible) {
  EXPECT_EQ(safe_text("\x1b[31mred\x1b[0m"), "\\x1b[31mred\\x1b[0m");
  EXPECT_EQ(safe_text("a\0b\r\n\x7f"s), "a\\x00b\\x0d\n\\x7f");
  EXPECT_EQ(safe_text("\xC2\x9B"
                      "31m"),
            "\\u009b31m")
      << "the C1 form of ESC [";
}

TEST(SafeText, WhatMovesOrHidesTextBecomesVisible) {
  EXPECT_EQ(safe_text("a\u202Eb"), "a\\u202eb");
  EXPECT_EQ(safe_text("a\u2066b\u2069\u200F"), "a\\u2066b\\u2069\\u200f");
  EXPECT_EQ(safe_text("a\u2028b"), "a\\u2028b");
  EXPECT_EQ(safe_text("\U000E0041"), "\\U000e0041");
  EXPECT_EQ(safe_text("\xEF\xBF\xBE\xEF\xBF\xBF"), "\\ufffe\\uffff");
}

TEST(SafeText, InvalidUtf8BecomesTheReplacementCharacter) {
  const std::string r = "\uFFFD";
  EXPECT_EQ(safe_text("a\xFF"
                      "b"),
            "a" + r + "b");
  EXPECT_EQ(safe_text("\xC0\xAF"), r + r) << "an overlong slash";
  EXPECT_EQ(safe_text("\xE0\x80\xAF"), r + r + r);
  EXPECT_EQ(safe_text("\xED\xA0\x80"), r + r + r) << "a surrogate";
  EXPECT_EQ(safe_text("\xF4\x90\x80\x80"), r + r + r + r) << "beyond U+10FFFF";
  EXPECT_EQ(safe_text("a\xE4\xBD"), "a" + r + r) << "cut in a character";
}

TEST(SafeText, WhatIsTooLongIsCutInTheMiddleAndSaysSo) {
  const std::string text = "head" + std::string(10'000, 'x') + "tail";
  const std::string cut = safe_text(text, 200);
  EXPECT_LE(cut.size(), 200u);
  EXPECT_GT(cut.size(), 190u);
  EXPECT_TRUE(cut.starts_with("headx"));
  EXPECT_TRUE(cut.ends_with("xtail"));
  EXPECT_THAT(cut, HasSubstr("[... cut, 10008 bytes in all ...]"));
}

TEST(SafeText, WhatJustFitsIsNotCut) {
  const std::string text(200, 'x');
  EXPECT_EQ(safe_text(text, 200), text);
  EXPECT_NE(safe_text(text + "x", 200), text + "x");
}

TEST(SafeText, TextThatGrowsWhenEscapedIsCutToo) {
  const std::string cut = safe_text(std::string(150, '\x01'), 200);
  EXPECT_LE(cut.size(), 200u);
  EXPECT_THAT(cut, HasSubstr("150 bytes in all"));
}

TEST(SafeText, AVerySmallLimitStillHolds) {
  for (std::size_t limit = 0; limit < 60; ++limit) {
    const std::string cut = safe_text(
        "\u4f60\u597d\u4f60\u597d\u4f60\u597d\u4f60\u597d\u4f60\u597d\u4f60\u597d\u4f60\u597d\u4f60\u597d\u4f60\u597d",
        limit);
    EXPECT_LE(cut.size(), limit);
    EXPECT_TRUE(is_clean(cut)) << limit;
  }
}

TEST(SafeLine, IsOneLine) {
  EXPECT_EQ(safe_line("a\nb\tc\r\n"), "a\\nb\\tc\\x0d\\n");
  EXPECT_THAT(safe_line(std::string(2000, '\n')), Not(HasSubstr("\n")));
  EXPECT_LE(safe_line(std::string(2000, '\n')).size(), 512u);
}

TEST(SafeText, WhateverTheBytesTheOutcomeIsCleanAndCleaningItAgainChangesNothing) {
  std::mt19937 random(20'261'121);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 80, '\0');
    const bool dense = round % 2 == 0;  // half of the rounds from bytes that nearly are UTF-8
    for (char& byte : bytes) byte = static_cast<char>(dense ? 0x80 + random() % 0x80 : random() % 0x100);
    const std::size_t limit = random() % 2 == 0 ? 1000 : random() % 120;
    const std::string once = safe_text(bytes, limit);
    ASSERT_TRUE(is_clean(once)) << testing::PrintToString(bytes);
    ASSERT_LE(once.size(), limit);
    ASSERT_EQ(safe_text(once, limit), once) << testing::PrintToString(bytes);
    ASSERT_TRUE(is_clean(safe_line(bytes, limit)));
  }
}

TEST(WithoutReturns, DropsThoseOfLineEndsAlone) {
  EXPECT_EQ(without_returns("a\r\nb\r\n\r\n"), "a\nb\n\n");
  EXPECT_EQ(without_returns("a\rb\r"), "a\rb\r");
}

}  // namespace
}  // namespace bottle
