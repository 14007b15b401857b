// The hook of the hole `git-client-hook-only` is a real one: it stops whoever does not pass it by.
#include "harness/client_hook.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "harness/process.h"
#include "tests/harness/temp_folder.h"

namespace bottle {
namespace {

TEST(ClientHook, StopsASecretUnlessItIsPassedBy) {
  const std::vector<Secret> secrets = make_secrets();
  const TempFolder folder;
  const auto hooks = folder.path() / "hooks";
  std::filesystem::create_directories(hooks);
  std::ofstream(hooks / "pre-push") << client_hook(secrets).bytes;
  std::filesystem::permissions(hooks / "pre-push", std::filesystem::perms::owner_all);
  Environment environment = {{"PATH", ::getenv("PATH")},
                             {"HOME", folder.path().string()},
                             {"GIT_CONFIG_NOSYSTEM", "1"},
                             {"GIT_CONFIG_PARAMETERS", "'core.hooksPath'='" + hooks.string() + "'"}};
  for (const Secret& secret : secrets) environment[secret.name] = secret.value;
  const auto git = [&](std::vector<std::string> arguments) {
    std::vector<std::string> argv = {
        "git", "-C", (folder.path() / "work").string(), "-c", "user.name=a", "-c", "user.email=a@b.test"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    const auto ran = run_process({.argv = argv, .environment = environment}, {});
    return ran && succeeded(*ran);
  };
  std::filesystem::create_directories(folder.path() / "work");
  const std::string remote = (folder.path() / "remote.git").string();
  ASSERT_TRUE(git({"init", "-q"}));
  ASSERT_TRUE(git({"init", "-q", "--bare", remote}));
  ASSERT_TRUE(git({"commit", "-q", "--allow-empty", "-m", "clean"}));
  EXPECT_TRUE(git({"push", remote, "HEAD:refs/heads/a"}));
  ASSERT_TRUE(git({"commit", "-q", "--allow-empty", "-m", secrets[1].value}));
  EXPECT_FALSE(git({"push", remote, "HEAD:refs/heads/b"}));
  EXPECT_TRUE(git({"push", "--no-verify", remote, "HEAD:refs/heads/b"}));
}

TEST(ClientHook, IsInForceBesideAClientsOwnConfiguration) {
  LaunchInputs launch;
  plant_client_hook(make_secrets(), launch);
  ASSERT_EQ(launch.agent_files.size(), 1u);
  EXPECT_EQ(launch.agent_files[0].mode, 0755u);
  EXPECT_TRUE(launch.agent_environment.contains("GIT_CONFIG_PARAMETERS"));
}

}  // namespace
}  // namespace bottle
