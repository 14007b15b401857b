// RFC 4648 section 10's vectors, and the leniency that hostile text needs.
#include "harness/digest.h"

#include <gtest/gtest.h>

#include <set>

namespace bottle {
namespace {

TEST(Digest, EncodesTheVectorsOfRfc4648) {
  EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(to_base64("foob"), "Zm9vYg==");
  EXPECT_EQ(to_base32("fooba"), "MZXW6YTB");
  EXPECT_EQ(to_base32("foob"), "MZXW6YQ=");
  EXPECT_EQ(to_hex("foobar"), "666f6f626172");
  EXPECT_EQ(to_base64url("\xfb\xff"), "-_8");
  EXPECT_EQ(to_base64(""), "");
}

TEST(Digest, DecodesWhatItEncodes) {
  for (std::size_t size = 1; size < 70; ++size) {
    const std::string bytes = random_bytes(size);
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
    EXPECT_EQ(from_base64(to_base64url(bytes)), bytes);
    EXPECT_EQ(from_base32(to_base32(bytes)), bytes);
    EXPECT_EQ(from_hex(to_hex(bytes)), bytes);
    EXPECT_EQ(from_percent(to_percent(bytes)), bytes);
    EXPECT_EQ(from_percent(to_percent_reserved(bytes)), bytes);
  }
}

TEST(Digest, WhatIsNotOfTheAlphabetEndsTheDecoding) {
  EXPECT_EQ(from_hex("6162 zz"), "ab");
  EXPECT_EQ(from_hex("zz"), std::nullopt);
  EXPECT_EQ(from_base64("!"), std::nullopt);
  EXPECT_EQ(from_percent("100%"), "100%");
  EXPECT_EQ(from_percent("%4"), "%4");
  EXPECT_EQ(from_percent("%zz%41"), "%zzA");
}

TEST(Digest, HashesAsTheStandardSays) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, RandomTextUsesItsWholeAlphabetAndNothingElse) {
  const std::string text = random_text(4000, "abc");
  EXPECT_EQ(std::set<char>(text.begin(), text.end()), (std::set<char>{'a', 'b', 'c'}));
  EXPECT_NE(random_text(20, "abcdefgh"), random_text(20, "abcdefgh"));
}

}  // namespace
}  // namespace bottle
