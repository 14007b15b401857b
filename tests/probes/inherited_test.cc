// The environment and descriptors actions.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/probes/support/prober.h"

namespace bottle::testing {
namespace {

Json only_line(const Json& action, const BatchWish& wish) {
  Json named = action;
  named["nonce"] = "n";
  return run_batch(Json::array({named}), wish).line("n");
}

TEST(Inherited, AVariableIsFoundByItsNameAndByItsPrefix) {
  const BatchWish wish{.environment = {{"BV_TEST_ONE", "1"}, {"BV_TEST_TWO", "2"}}};
  const Json one = only_line({{"action", "environment"}, {"name", "BV_TEST_ONE"}}, wish);
  EXPECT_EQ(one["stage"], "done");
  EXPECT_EQ(head_of(one), "BV_TEST_ONE=1\n");
  const Json both = only_line({{"action", "environment"}, {"prefix", "BV_TEST_"}}, wish);
  EXPECT_EQ(head_of(both), "BV_TEST_ONE=1\nBV_TEST_TWO=2\n");
}

TEST(Inherited, ANameIsNoPrefix) {
  const Json line =
      only_line({{"action", "environment"}, {"name", "BV_TEST"}}, {.environment = {{"BV_TEST_ONE", "1"}}});
  EXPECT_EQ(line["stage"], "connect");
  EXPECT_EQ(line["error"], "ENOENT");
  EXPECT_EQ(run_action({{"action", "environment"}})["error"], "BADACTION");
}

TEST(Inherited, ADescriptorThatStayedOpenIsRead) {
  const TempDirectory directory;
  const std::string command = "exec 7< " + directory.write("canary", "what the host had open");
  const BatchWish wish{.argv = {"/bin/sh", "-c", command + "; exec " + kProber}};
  const Json line = only_line({{"action", "descriptors"}}, wish);
  EXPECT_EQ(line["stage"], "done");
  EXPECT_NE(head_of(line).find("7: what the host had open\n"),
            std::string::npos);  // the test has open files of its own
}

// What the prober opens for itself meanwhile is nothing that it inherited.
TEST(Inherited, ItsOwnDescriptorsAreNone) {
  const std::string close_all =
      "for fd in /proc/self/fd/*; do n=${fd##*/}; [ $n -gt 2 ] && eval \"exec $n<&-\"; done; ";
  const BatchWish closed{.argv = {"/bin/bash", "-c", close_all + "exec " + kProber}};
  Json actions = Json::array({{{"action", "descriptors"}, {"nonce", "n"}}});
  for (int i = 0; i < 8; ++i)
    actions.push_back({{"action", "client"}, {"nonce", "c" + std::to_string(i)}, {"steps", {{"sleep", "0.2"}}}});
  EXPECT_EQ(run_batch(actions, closed).line("n")["error"], "ENOENT");
}

TEST(Inherited, AControlLooksAtAFileThatItOpensItself) {
  const TempDirectory directory;
  const std::string path = directory.write("control", "allowed");
  EXPECT_NE(head_of(run_action({{"action", "descriptors"}, {"open", path}})).find(": allowed\n"), std::string::npos);
  const Json missing = run_action({{"action", "descriptors"}, {"open", directory / "none"}});
  EXPECT_EQ(missing["error"], "ENOENT");
  EXPECT_EQ(missing["detail"], "open");
}

TEST(Inherited, APipeIsNotReadFrom) {
  const BatchWish wish{.argv = {"/bin/bash", "-c", "exec 5< <(echo not ours); exec " + kProber}};
  EXPECT_NE(head_of(only_line({{"action", "descriptors"}}, wish)).find("5: no plain file\n"), std::string::npos);
}

}  // namespace
}  // namespace bottle::testing
