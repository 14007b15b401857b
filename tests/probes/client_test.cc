// The client action: real programs, and that nothing of them stays.
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>

#include "harness/digest.h"
#include "tests/probes/support/prober.h"

namespace bottle::testing {
namespace {

using Argv = std::vector<std::string>;

Json client(const std::vector<Argv>& steps, int timeout_ms = 10'000) {
  return {{"action", "client"}, {"steps", steps}, {"timeout_ms", timeout_ms}};
}

Json run_shell(const std::string& script, int timeout_ms = 10'000) {
  return run_action(client({{"sh", "-c", script}}, timeout_ms));
}

std::string out_of(const Json& line, std::size_t step = 0) {
  return from_base64(line["steps"][step].value("out", "")).value_or("");
}

// The process whose number a script wrote into this file; waits for the file.
bool lives(const std::string& pid_file) {
  pid_t process = 0;
  std::ifstream(pid_file) >> process;
  EXPECT_GT(process, 0) << "the script never came so far";
  std::ifstream status("/proc/" + std::to_string(process) + "/stat");
  std::string word;
  for (int i = 0; i < 3; ++i) status >> word;
  return process > 0 && ::kill(process, 0) == 0 && word != "Z";
}

TEST(Client, RunsStepsInItsDirectoryAndRemovesIt) {
  Json action = client({{"sh", "-c", "cat sub/note; pwd"}, {"sh", "-c", "echo $PLACE; cat", "{dir}"}});
  action["files"] = {{"sub/note", base64("noted\n")}};
  action["environment"] = {{"PLACE", "{dir}/here"}};
  action["stdin"] = base64("said");
  const Json line = run_action(action);
  ASSERT_EQ(line["stage"], "done") << line;
  EXPECT_EQ(line["error"], "");
  const std::string first = out_of(line), directory = first.substr(6, first.size() - 7);
  EXPECT_TRUE(first.starts_with("noted\n/"));
  EXPECT_EQ(out_of(line, 1), directory + "/here\nsaid");
  EXPECT_FALSE(std::filesystem::exists(directory));
  EXPECT_EQ(sent_by(line), "argv,argv");
  EXPECT_EQ(line["sent"][1]["sha256"], sha256_hex(std::string("sh\0-c\0echo $PLACE; cat\0{dir}", 28)))
      << "hashed before {dir} is replaced";
}

TEST(Client, TheFirstFailureEndsIt) {
  const Json line = run_action(client({{"sh", "-c", "echo why >&2; exit 7"}, {"true"}}));
  EXPECT_EQ(line["stage"], "client");
  EXPECT_EQ(line["error"], "EXIT");
  ASSERT_EQ(line["steps"].size(), 1u);
  EXPECT_EQ(line["steps"][0]["argv0"], "sh");
  EXPECT_EQ(line["steps"][0]["exit"], 7);
  EXPECT_EQ(from_base64(line["steps"][0].value("err", "")), "why\n");
  EXPECT_EQ(sent_by(line), "argv");
}

TEST(Client, ASignalIsNoExitCode) {
  const Json line = run_shell("kill -SEGV $$");
  EXPECT_EQ(line["error"], "SIGNAL");
  EXPECT_EQ(line["steps"][0]["signal"], SIGSEGV);
  EXPECT_EQ(line["steps"][0]["exit"], -1);
}

TEST(Client, AMissingToolIsToldFromOneThatFails) {
  Json line = run_action(client({{"no-such-tool"}}));
  EXPECT_EQ(line["stage"], "client");
  EXPECT_EQ(line["error"], "ENOENT");
  EXPECT_EQ(line["steps"], Json::array());
  EXPECT_EQ(sent_by(line), "");
  Json action = client({{"{dir}/tool"}});
  action["files"] = {{"tool", base64("#!/no/such/interpreter\n")}};
  line = run_action(action);
  EXPECT_EQ(line["error"], "ENOENT");
  EXPECT_EQ(sent_by(line), "");
}

TEST(Client, PathOfItsOwnEnvironmentIsSearched) {
  Json action = client({{"tool"}});
  action["files"] = {{"tool", base64("#!/bin/sh\necho mine\n")}};
  action["environment"] = {{"PATH", "/nonexistent:{dir}"}};
  EXPECT_EQ(out_of(run_action(action)), "mine\n");
}

TEST(Client, MuchOutputIsDrainedAndItsHeadKept) {
  const Json line = run_shell("head -c 1000000 /dev/zero; head -c 300000 /dev/zero >&2; echo end >&2");
  EXPECT_EQ(line["stage"], "done") << line;
  EXPECT_EQ(line["steps"][0]["out_bytes"], 1000000);
  EXPECT_EQ(out_of(line).size(), 4096u);
}

TEST(Client, ATimeoutKillsEverythingThatItStarted) {
  const TempDirectory directory;
  const std::string plain = directory / "plain", session = directory / "session", orphan = directory / "orphan";
  const Json line = run_shell("sleep 60 & echo $! >" + plain + "; setsid sh -c 'echo $$ >" + session +
                                  "; exec sleep 60' & (setsid sh -c 'trap \"\" TERM HUP; echo $$ >" + orphan +
                                  "; sleep 60' >/dev/null 2>&1 &) ; sleep 60",
                              2000);
  EXPECT_EQ(line["stage"], "client");
  EXPECT_EQ(line["error"], "TIMEOUT");
  EXPECT_EQ(line["steps"][0]["signal"], SIGKILL);
  EXPECT_FALSE(lives(plain));
  EXPECT_FALSE(lives(session));
  EXPECT_FALSE(lives(orphan));
  EXPECT_LT(line["end_ns"].get<long>() - line["start_ns"].get<long>(), 6'000'000'000);
}

TEST(Client, WhatAStepLeavesRunningServesTheNextAndEndsWithTheClient) {
  const TempDirectory directory;
  const std::string daemon = directory / "daemon";
  const Json line = run_action(client({{"sh", "-c", "setsid sleep 60 & echo $! >" + daemon},
                                       {"sh", "-c", "kill -0 $(cat " + daemon + ") && echo serves"}}));
  EXPECT_EQ(line["stage"], "done") << line;
  EXPECT_EQ(out_of(line, 1), "serves\n");
  EXPECT_FALSE(lives(daemon));
}

TEST(Client, TheBatchsDeadlineEndsItToo) {
  const TempDirectory directory;
  const std::string sleeper = directory / "sleeper";
  Json action = client({{"sh", "-c", "setsid sleep 60 & echo $! >" + sleeper + "; wait"}}, 60'000);
  action["nonce"] = "bvONE";
  const ProberRun run = run_batch(Json::array({action}), {.deadline_ms = 1500});
  EXPECT_EQ(run.line("bvONE")["error"], "DEADLINE");
  EXPECT_FALSE(lives(sleeper));
  EXPECT_LT(run.wall, std::chrono::seconds(6));
}

TEST(Client, ManyAtOnceDoNotDisturbEachOther) {
  Json actions = Json::array();
  for (int i = 0; i < 40; ++i) {
    Json action = client({{"sh", "-c", "cat >got; sleep 0.1; cat got"}});
    action["nonce"] = "bv" + std::to_string(i);
    action["stdin"] = base64("for " + std::to_string(i));
    actions.push_back(action);
  }
  const ProberRun run = run_batch(actions, {.deadline_ms = 15'000});
  for (int i = 0; i < 40; ++i) EXPECT_EQ(out_of(run.line("bv" + std::to_string(i))), "for " + std::to_string(i));
}

TEST(Client, FilesMayNotLieElsewhere) {
  for (const std::string name : {"../out", "/tmp/out", "a/../../out", ""}) {
    Json action = client({{"true"}});
    action["files"] = {{name, base64("x")}};
    EXPECT_EQ(run_action(action)["error"], "BADACTION") << name;
  }
}

}  // namespace
}  // namespace bottle::testing
