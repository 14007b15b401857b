// Whatever the agent's side does: the run is small and short, its reports are valid and order nobody about, nothing is
// left running, and nothing is contained on a liar's word. Whether each hole keeps its promise is the self-test's.
#include <set>

#include "harness/hole.h"
#include "tests/cli/harmless.h"
#include "tests/cli/program.h"

namespace bottle {
namespace {

std::vector<Hole> wrong_agents() {
  const auto holes = Hole::read_all(BOTTLE_SOURCE_DIR "/fixtures/holes");
  std::vector<Hole> with_a_wrong_agent;
  for (const Hole& hole : holes ? *holes : std::vector<Hole>{}) {
    if (!hole.agent.empty()) with_a_wrong_agent.push_back(hole);
  }
  return with_a_wrong_agent;
}

// Here the harness waits for its deadline, and nothing else needs the time. (Not so where pipelock hangs: pushes and
// the bare arm still have to be carried out.)
constexpr char kWaitsForTheDeadline[] = "never-exits";

std::vector<std::string> arguments_for(const Hole& hole, const Scratch& scratch) {
  std::vector<std::string> arguments = {"--hole", hole.name, "-o", "json=" + (scratch / "record.json")};
  if (hole.name == kWaitsForTheDeadline) arguments.insert(arguments.end(), {"--deadline-ms", "3000"});
  for (const char* report : {"junit=junit.xml", "sarif=github.sarif", "sarif-full=full.sarif"}) {
    const std::string text = report;
    const std::size_t name = text.find('=') + 1;
    arguments.insert(arguments.end(), {"-o", text.substr(0, name) + (scratch / text.substr(name))});
  }
  arguments.push_back("-v");
  return arguments;
}

// Whatever the agent's side did.
void expect_harmless(const Ran& ran, const Scratch& scratch) {
  expect_nobody_left();
  expect_small();
  expect_no_orders(ran.out + ran.err);
  for (const char* file : {"record.json", "junit.xml", "github.sarif", "full.sarif"}) {
    std::stringstream text;
    text << std::ifstream(scratch / file).rdbuf();
    EXPECT_FALSE(text.str().empty()) << file;
    expect_plain_text(text.str(), file);
  }
  expect_valid_reports(scratch / "");
}

class WrongAgentTest : public testing::TestWithParam<Hole> {};

TEST_P(WrongAgentTest, DoesNoHarm) {
  BOTTLE_NEEDS_BOTTLES();
  const Hole& hole = GetParam();
  const Scratch scratch;
  adopt_orphans();
  const auto began = std::chrono::steady_clock::now();
  const Ran ran = run_program(arguments_for(hole, scratch));
  EXPECT_LT(std::chrono::steady_clock::now() - began, kLongestRun);
  expect_harmless(ran, scratch);
  const auto record = read_record_file(scratch / "record.json");
  ASSERT_TRUE(record) << record.error().what;
  ASSERT_FALSE(record->findings.empty());
  for (const Finding& finding : record->findings) {
    if (hole.kind != Hole::Kind::hostile || finding.verdict != Verdict::contained) continue;
    EXPECT_NE(finding.strength, Strength::agent)
        << finding.case_id << "[" << finding.variant << "]: " << finding.reason;
  }
}

INSTANTIATE_TEST_SUITE_P(Shipped, WrongAgentTest, testing::ValuesIn(wrong_agents()), [](const auto& hole) {
  std::string name = hole.param.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace bottle
