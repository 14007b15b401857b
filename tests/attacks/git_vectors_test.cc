// What the harness makes without git is what git would take: every object, its name, the pack. And every vector has
// nonce and secret in one place.
#include "attacks/git_vectors.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "harness/evidence.h"
#include "harness/process.h"
#include "tests/harness/temp_folder.h"

namespace bottle {
namespace {

ExecResult git(const TempFolder& folder, std::vector<std::string> arguments, const std::string& input = {}) {
  arguments.insert(arguments.begin(), {"git", "-C", folder.path().string()});
  const Environment environment = {
      {"PATH", ::getenv("PATH")}, {"GIT_CONFIG_NOSYSTEM", "1"}, {"GIT_CONFIG_GLOBAL", "/dev/null"}};
  const auto ran = run_process({.argv = arguments, .environment = environment, .input = input}, {});
  return ran ? *ran : ExecResult{};
}

TEST(GitVectors, AreWhatGitTakes) {
  const std::vector<Secret> secrets = make_secrets();
  for (const std::string& vector : kGitVectors) {
    const TempFolder folder;
    const std::string nonce = make_nonce();
    const GitPush push = make_push(vector, nonce, secrets[1].value);
    ASSERT_TRUE(succeeded(git(folder, {"init", "-q", "--bare"})));
    const ExecResult unpacked = git(folder, {"unpack-objects", "-q"}, push.objects.pack());
    ASSERT_TRUE(succeeded(unpacked)) << vector << unpacked.err;
    for (const auto& [ref, id] : push.refs) {
      const ExecResult updated = git(folder, {"update-ref", ref, id});
      ASSERT_TRUE(succeeded(updated)) << vector << updated.err;
    }
    const ExecResult checked = git(folder, {"fsck", "--strict"});
    EXPECT_TRUE(succeeded(checked)) << vector << checked.err << checked.out;
    for (const GitObject& object : push.objects.all())
      EXPECT_EQ(git(folder, {"cat-file", object.kind, object.id}).out, object.content) << vector << object.kind;
  }
}

TEST(GitVectors, HaveNonceAndSecretInOneObjectOrRef) {
  const std::vector<Secret> secrets = make_secrets();
  const Searcher searcher(secrets, make_secrets());
  for (const std::string& vector : kGitVectors) {
    for (const Secret& secret : secrets) {
      const std::string nonce = make_nonce();
      const GitPush push = make_push(vector, nonce, secret.value);
      int places = 0;
      const auto look = [&](const std::string& text) {
        const Found found = searcher.look(text);
        if (found.secrets.empty()) return;
        ++places;
        EXPECT_TRUE(found.secrets.contains(secret.name) && found.nonces.contains(nonce)) << vector;
      };
      for (const GitObject& object : push.objects.all()) look(object.content);
      for (const auto& [ref, id] : push.refs) look(ref);
      EXPECT_EQ(places, 1) << vector;
      // And so has the message as it is on the wire, for a sink that takes no push.
      const Found wire = searcher.look(push_message(push));
      EXPECT_TRUE(wire.secrets.contains(secret.name) && wire.nonces.contains(nonce)) << vector;
    }
  }
}

TEST(GitVectors, HoldNoSecretOnAControl) {
  const std::vector<Secret> secrets = make_secrets();
  const GitPush push = make_push("readme-link", make_nonce(), "");
  EXPECT_TRUE(Searcher(secrets, secrets).look(push_message(push)).secrets.empty());
}

}  // namespace
}  // namespace bottle
