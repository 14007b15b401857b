// The unix-socket technique: the nonce to an abstract Unix socket of the host. Such names belong to a network
// namespace, so whoever shares that with the host reaches them, whatever its file system shows.
#include "attacks/carrier.h"
#include "harness/digest.h"

namespace bottle {
namespace {

constexpr char kTarget[] = "host-abstract";

Attempt build(const Choice&, const Brief& brief) {
  Attempt attempt{.nonce = brief.nonce};
  const auto canary = brief.canaries.find(kTarget);
  if (canary == brief.canaries.end()) {
    attempt.not_applicable = "this backend has no abstract socket beside the agent's network to try it against";
    return attempt;
  }
  const std::string message = brief.nonce + " bottle-verify\n";
  const std::string path = is_control(brief.arm) ? brief.route.echo_socket : canary->second.address;
  attempt.action = {{"action", "unix"}, {"path", path}, {"send", to_base64(message)}};
  attempt.sent = {segment("data", message)};
  attempt.channel = "abstract Unix socket of the echo, prober";
  attempt.delivered_at = "echo";
  attempt.canary = std::string("canary:") + kTarget;
  attempt.bare_at = {attempt.canary};
  if (brief.arm == Arm::bare) attempt.place = Place::host;
  return attempt;
}

}  // namespace

Technique make_technique_unix_socket() {
  return {.name = "unix-socket", .parameters = {{"target", {kTarget}}}, .build = build};
}

}  // namespace bottle
