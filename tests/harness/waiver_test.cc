#include "harness/waiver.h"

#include <gmock/gmock.h>

#include "harness/config.h"
#include "tests/harness/temp_folder.h"

namespace bottle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kWhole[] = R"(
[[waiver]]
case = "dns-exfil.direct"
backend = "smolmachines"
owner = "ada"
reason = "smolvm 1.9 answers DNS; issue 12"
expires = "2026-12-31"
)";

Result<Config> read(const std::string& text) {
  const TempFolder folder;
  return Config::read(folder.write("c.toml", text));
}

RunRecord leaky() {
  RunRecord record;
  record.started = "2026-11-21T03:24:00Z";
  record.complete = true;
  record.backend = "smolmachines";
  for (const char* variant : {"transport=udp", "transport=tcp"}) {
    record.findings.push_back(
        {.case_id = "dns-exfil.direct", .variant = variant, .backend = "smolmachines", .verdict = Verdict::leaked});
  }
  record.findings.push_back({.case_id = "denied-ip.raw", .backend = "smolmachines", .verdict = Verdict::contained});
  return record;
}

Waiver waiver(const std::string& pattern, const std::string& expires = "2026-11-21") {
  return {.pattern = pattern, .owner = "ada", .reason = "known", .expires = expires};
}

TEST(Waivers, AreReadFromTheConfiguration) {
  const auto config = read(kWhole);
  ASSERT_TRUE(config) << config.error().what;
  ASSERT_EQ(config->waivers.size(), 1u);
  EXPECT_EQ(config->waivers[0].pattern, "dns-exfil.direct");
  EXPECT_EQ(config->waivers[0].backend, "smolmachines");
  EXPECT_EQ(config->waivers[0].expires, "2026-12-31");
}

TEST(Waivers, NeedAnOwnerAReasonAndADay) {
  for (const char* key : {"case", "owner", "reason", "expires"}) {
    std::string text = kWhole;
    const auto at = text.find(std::string(key) + " =");
    text.erase(at, text.find('\n', at) - at);
    const auto config = read(text);
    ASSERT_FALSE(config) << key;
    EXPECT_THAT(config.error().what, HasSubstr(key));
    EXPECT_EQ(config.error().fault, Fault::usage);
  }
  for (const char* day : {"soon", "2026-13-01", "2026-02-30", "2026-1-1", "31.12.2026"}) {
    std::string text = kWhole;
    text.replace(text.find("2026-12-31"), 10, day);
    EXPECT_THAT(read(text).error().what, HasSubstr("YYYY-MM-DD")) << day;
  }
  EXPECT_THAT(read(std::string(kWhole) + "until = \"x\"\n").error().what, HasSubstr("until"));
}

TEST(Waivers, CoverLeaksUntilTheEndOfTheirDay) {
  RunRecord record = leaky();
  EXPECT_EQ(exit_code_of(record), 1);
  apply_waivers({waiver("dns-exfil.*")}, record);
  EXPECT_EQ(waived_leaks(record), 2);
  EXPECT_EQ(totals_of(record).leaked, 2);  // they still are
  EXPECT_EQ(exit_code_of(record), 0);
  EXPECT_THAT(record.notes, IsEmpty());
  EXPECT_EQ(record.findings[0].waived->owner, "ada");
  EXPECT_FALSE(record.findings[2].waived);
}

TEST(Waivers, OneThatHasExpiredCoversNothingAndSaysSo) {
  RunRecord record = leaky();
  apply_waivers({waiver("dns-exfil.*", "2026-11-20")}, record);
  EXPECT_EQ(waived_leaks(record), 0);
  EXPECT_EQ(exit_code_of(record), 1);
  EXPECT_THAT(record.notes, ElementsAre(HasSubstr("ended on 2026-11-20")));
}

TEST(Waivers, WhatTheyDoNotNameCounts) {
  RunRecord record = leaky();
  apply_waivers({waiver("dns-exfil.direct[transport=udp]")}, record);
  EXPECT_EQ(waived_leaks(record), 1);
  EXPECT_EQ(exit_code_of(record), 1);
  RunRecord other = leaky();
  Waiver elsewhere = waiver("dns-exfil.*");
  elsewhere.backend = "docker";
  apply_waivers({elsewhere}, other);
  EXPECT_EQ(waived_leaks(other), 0);
  EXPECT_THAT(other.notes, IsEmpty());
}

TEST(Waivers, CoverNothingButLeaks) {
  RunRecord record = leaky();
  record.findings.erase(record.findings.begin(), record.findings.begin() + 2);
  record.findings.push_back({.case_id = "git-gate.x", .backend = "smolmachines", .verdict = Verdict::inconclusive});
  apply_waivers({waiver("*")}, record);
  EXPECT_EQ(exit_code_of(record), 3);
  EXPECT_THAT(record.notes, ElementsAre(HasSubstr("covers no leak")));
}

}  // namespace
}  // namespace bottle
