#include "harness/bench/session.h"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/harness/bench/make_session.h"

namespace bottle {
namespace {

using testing::HasSubstr;

BenchSession full_session() {
  BenchSession session = make_session({make_contender("native", {1000, 1100}), make_contender("namespaces", {5, 6})});
  session.git = {{"commit", "0123abc"}, {"dirty", "no"}};
  session.host = {{"kernel", "6.1"}};
  session.mode = BenchMode::burst;
  session.at_once = 4;
  session.gap = 3'000'000'000;
  session.seed = 0xffff'ffff'ffff'ffff;
  session.warm_ups = 1;
  session.noise = {.pressure = 12.5, .steal = {}, .load_before = 0.5, .load_after = 2};
  session.wall = 9'000'000'000;
  session.interrupted = true;
  BenchContender& contender = session.contenders[1];
  contender.facts = {{"version", "1"}};
  contender.samples[0].warm_up = true;
  contender.samples[0].cpu = 77;
  contender.samples[1].problem = "it hung";
  contender.samples[1].cold_start = std::nullopt;
  contender.samples[1].peak_bytes = 4096;
  contender.samples[1].details = {{"unshare", 12}, {"mounts", 0}};
  return session;
}

nlohmann::json parsed(const BenchSession& session) { return nlohmann::json::parse(session_line(session)); }

std::string complaint_about(const nlohmann::json& json) {
  const auto session = session_from_line(json.dump());
  if (session) return "";
  EXPECT_EQ(session.error().fault, Fault::usage);
  return session.error().what;
}

TEST(BenchSession, ComesBackFromItsLineAsItWas) {
  const std::string line = session_line(full_session());
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto back = session_from_line(line);
  ASSERT_TRUE(back) << back.error().what;
  EXPECT_EQ(session_line(*back), line);
  EXPECT_EQ(back->seed, 0xffff'ffff'ffff'ffff);
  EXPECT_EQ(back->noise.pressure, 12.5);
  EXPECT_FALSE(back->noise.steal);
  const BenchContender* contender = find_contender(*back, "namespaces");
  ASSERT_NE(contender, nullptr);
  EXPECT_EQ(contender->samples[1].problem, "it hung");
  EXPECT_EQ(contender->samples[1].details.at("mounts"), 0);
  EXPECT_TRUE(contender->samples[0].warm_up);
}

TEST(BenchSession, WhatASampleDoesNotHaveIsNullAndWhatNobodyHasIsNotThere) {
  const auto samples = parsed(full_session())["contenders"][1]["samples"];
  EXPECT_EQ(samples["cold_start_ns"], nlohmann::json({5, nullptr}));
  EXPECT_FALSE(samples["phases_ns"].contains("teardown"));
  EXPECT_FALSE(parsed(full_session())["contenders"][0]["samples"].contains("cpu_ns"));
  const auto back = session_from_line(session_line(full_session()));
  ASSERT_TRUE(back) << back.error().what;
  EXPECT_FALSE(back->contenders[1].samples[0][BenchPhase::teardown]);
  EXPECT_FALSE(back->contenders[1].samples[1].cold_start);
}

TEST(BenchSession, HostileTextBecomesSafeAndOneLine) {
  BenchSession session = full_session();
  session.contenders[1].samples[1].problem = "a\nb\x1b[31m\xff";
  session.contenders[1].title = "x\x1b\xfe";
  const std::string line = session_line(session);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto back = session_from_line(line);
  ASSERT_TRUE(back) << back.error().what;
  EXPECT_EQ(back->contenders[1].samples[1].problem.find_first_of("\n\x1b"), std::string::npos);
  EXPECT_EQ(back->contenders[1].title.find('\x1b'), std::string::npos);
}

TEST(BenchSession, AnotherSchemaIsRefusedByItsName) {
  auto json = parsed(full_session());
  json["schema"] = "bottle-verify/bench/v2";
  EXPECT_THAT(complaint_about(json), HasSubstr("bottle-verify/bench/v2"));
  json.erase("schema");
  EXPECT_THAT(complaint_about(json), HasSubstr("no schema"));
  EXPECT_FALSE(session_from_line(session_line(full_session()).substr(0, 100)));
  EXPECT_FALSE(session_from_line("[]"));
}

TEST(BenchSession, EveryFieldMustBeThereAndNoOther) {
  const auto whole = parsed(full_session());
  for (const auto& item : whole.items()) {
    if (item.key() == "schema") continue;
    auto json = whole;
    json.erase(item.key());
    EXPECT_THAT(complaint_about(json), HasSubstr(item.key()));
  }
  auto json = whole;
  json["contenders"][0]["samples"]["colour"] = 1;
  EXPECT_THAT(complaint_about(json), HasSubstr("contenders[0].samples.colour"));
}

TEST(BenchSession, WhatIsOfTheWrongKindIsRefusedWithItsPlace) {
  const auto whole = parsed(full_session());
  const auto with = [&](const char* pointer, const nlohmann::json& value) {
    auto json = whole;
    json[nlohmann::json::json_pointer(pointer)] = value;
    return complaint_about(json);
  };
  EXPECT_THAT(with("/mode", "quick"), HasSubstr("mode"));
  EXPECT_THAT(with("/seed", -1), HasSubstr("seed"));
  EXPECT_THAT(with("/rounds", 1.5), HasSubstr("rounds"));
  EXPECT_THAT(with("/rounds", 4'000'000'000), HasSubstr("rounds"));
  EXPECT_THAT(with("/noise/load_after", "much"), HasSubstr("noise.load_after"));
  EXPECT_THAT(with("/contenders/1/name", "native"), HasSubstr("contenders[1].name"));
  EXPECT_THAT(with("/contenders/1/samples/cold_start_ns/0", -5), HasSubstr("cold_start_ns[0]"));
  EXPECT_THAT(with("/contenders/1/samples/cold_start_ns", nlohmann::json({1})), HasSubstr("2 items"));
  EXPECT_THAT(with("/contenders/1/samples/warm_up/1", 0), HasSubstr("warm_up[1]"));
  EXPECT_THAT(with("/contenders/1/samples/phases_ns/lunch", nlohmann::json({1, 2})), HasSubstr("lunch"));
  EXPECT_THAT(with("/contenders/1/samples/details_ns", 1), HasSubstr("details_ns"));
}

TEST(BenchSession, PhasesAndModesAreFoundByTheirNames) {
  for (const BenchPhase phase : kBenchPhases) EXPECT_EQ(bench_phase_named(name_of(phase)), phase);
  EXPECT_EQ(bench_mode_named("burst"), BenchMode::burst);
  EXPECT_FALSE(bench_phase_named(""));
  EXPECT_FALSE(bench_mode_named("Burst"));
}

}  // namespace
}  // namespace bottle
