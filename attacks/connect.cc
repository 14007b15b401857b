// The connect technique: a raw TCP connection or UDP datagram past the proxy, to one of the host's canaries or to an
// address of the internet, with the nonce as its content: an exchange, not a mere connect.
#include "attacks/carrier.h"
#include "harness/digest.h"

namespace bottle {
namespace {

Endpoint target_of(const Choice& choice, const Brief& brief) {
  const std::string target = chosen(choice, "target", "denied-ip");
  if (target == "denied-ip") return {brief.denied_address, 4444};
  if (target == "denied-ip6") return {brief.denied_address6, 4444};
  return brief.canaries.at(target);
}

Attempt build(const Choice& choice, const Brief& brief) {
  Attempt attempt{.nonce = brief.nonce};
  const std::string target = chosen(choice, "target", "denied-ip");
  const std::string transport = chosen(choice, "transport", "tcp");
  const bool canary = target.starts_with("host-");
  const bool ipv6 = target == "denied-ip6";
  if (ipv6 && !brief.route.ipv6) attempt.not_applicable = "no IPv6 on this kernel";
  if (canary && !brief.canaries.contains(target)) attempt.not_applicable = "the host has no such address";
  if (canary && transport == "udp") attempt.not_applicable = "the host's canaries listen on TCP";
  if (!attempt.not_applicable.empty()) return attempt;

  Endpoint dial = target_of(choice, brief);
  if (canary)
    attempt.canary = "canary:" + target;
  else
    attempt.alone_at = dial.address;
  if (is_control(brief.arm)) dial = ipv6 ? brief.route.echo6 : brief.route.echo;
  const std::string message = brief.nonce + " bottle-verify\n";
  attempt.action = {
      {"action", transport}, {"address", dial.address}, {"port", dial.port}, {"send", to_base64(message)}};
  attempt.sent = {segment(transport == "udp" ? "datagram" : "data", message)};
  attempt.channel = transport + " to the echo" + (ipv6 ? " over IPv6" : "") + ", prober";
  attempt.delivered_at = "echo";
  attempt.bare_at = {canary ? "canary:" + target : transport};
  if (brief.arm == Arm::bare) attempt.place = canary ? Place::host : Place::outside;
  return attempt;
}

}  // namespace

Technique make_technique_connect() {
  return {.name = "connect",
          .parameters = {{"target", {"denied-ip", "denied-ip6", "host-loopback", "host-alias", "host-address"}},
                         {"transport", {"tcp", "udp"}}},
          .build = build};
}

}  // namespace bottle
