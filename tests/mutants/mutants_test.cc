// The judge is mutated: each of its five conditions is disabled in turn. The self-test must call that judge unsound, by
// a hole in which this condition and no other is missing; the real judge must catch the very same hole.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace bottle {
namespace {

struct Mutant {
  std::string condition;
  std::string hole;  // where nothing but this condition stands between the attempt and `contained`
};

void PrintTo(const Mutant& mutant, std::ostream* out) { *out << mutant.condition << " in " << mutant.hole; }

nlohmann::json selftest_by(const std::string& program, const std::string& hole, int& code, std::string& err) {
  const Scratch scratch;
  const std::string file = scratch / "selftest.json";
  const Ran ran = run_command_line({program, "selftest", hole, "-o", "json=" + file}, {}, std::chrono::seconds(100));
  code = ran.code;
  err = ran.err;
  std::ifstream in(file);
  return in ? nlohmann::json::parse(in).at("figures") : nlohmann::json();
}

class MutantTest : public testing::TestWithParam<Mutant> {};

TEST_P(MutantTest, IsNoticedByTheSelftest) {
  BOTTLE_NEEDS_BOTTLES();
  const auto& [condition, hole] = GetParam();
  int code = 0;
  std::string err;
  const auto figures = selftest_by(program_path() + "-without-" + condition, hole, code, err);
  ASSERT_FALSE(figures.is_null()) << err;
  EXPECT_EQ(code, 1) << err;
  EXPECT_GT(figures.at("false_passes"), 0) << err;
  EXPECT_EQ(figures.at("caught"), 0) << err;
}

TEST_P(MutantTest, IsWhatTheRealJudgeIsNot) {
  BOTTLE_NEEDS_BOTTLES();
  int code = 0;
  std::string err;
  const auto figures = selftest_by(program_path(), GetParam().hole, code, err);
  EXPECT_EQ(code, 0) << err;
  ASSERT_FALSE(figures.is_null()) << err;
  EXPECT_EQ(figures.at("caught"), 1) << err;
}

INSTANTIATE_TEST_SUITE_P(Without, MutantTest,
                         testing::Values(Mutant{"tried", "prober-duplicated"},
                                         Mutant{"could-have", "allowed-host-down"}, Mutant{"would-show", "proxy-dead"},
                                         Mutant{"was-not", "never-rests"}, Mutant{"refused", "pipelock-silent"}),
                         [](const auto& mutant) {
                           std::string name = mutant.param.condition;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace bottle
