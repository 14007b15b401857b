#include "harness/secrets.h"

#include <gtest/gtest.h>

#include <regex>

#include "harness/digest.h"

namespace bottle {
namespace {

TEST(Secrets, HaveTheShapesThatScannersKnow) {
  const auto secrets = make_secrets();
  ASSERT_EQ(secrets.size(), 3u);
  EXPECT_TRUE(std::regex_match(secrets[0].value, std::regex("sk-ant-api03-[A-Za-z0-9_-]{93}AA")));
  EXPECT_TRUE(std::regex_match(secrets[1].value, std::regex("AKIA[A-Z2-7]{16}")));
  EXPECT_TRUE(std::regex_match(secrets[2].value, std::regex("[A-Za-z0-9]{40}")));
}

TEST(Secrets, AreFreshForEachRun) { EXPECT_NE(make_secrets()[2].value, make_secrets()[2].value); }

TEST(Secrets, NoEncodingOfTheCatalogueSurvivesRedaction) {
  const auto secrets = make_secrets();
  for (const Secret& secret : secrets) {
    const std::string& value = secret.value;
    std::string base32 = to_base32(value);
    std::transform(base32.begin(), base32.end(), base32.begin(), [](unsigned char c) { return std::tolower(c); });
    for (const std::string& form : {value, to_hex(value), to_base64(value), to_percent(value), base32}) {
      const std::string text = redact("before " + form + " after", secrets);
      EXPECT_EQ(text.find(form.substr(0, 20)), std::string::npos) << secret.name;
      EXPECT_NE(text.find(secret.name), std::string::npos);
      EXPECT_TRUE(text.starts_with("before "));
    }
  }
}

TEST(Secrets, ASecretSplitIntoLabelsIsRedactedToo) {
  const auto secrets = make_secrets();
  const std::string& value = secrets[0].value;
  const std::string text = redact(value.substr(0, 60) + "." + value.substr(60), secrets);
  EXPECT_EQ(text.find(value.substr(0, 30)), std::string::npos);
  EXPECT_EQ(text.find(value.substr(60, 30)), std::string::npos);
}

TEST(Secrets, ANonceIsALabelARefAndAHeader) {
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(std::regex_match(make_nonce(), std::regex("bv[a-z2-7]{20}")));
}

}  // namespace
}  // namespace bottle
