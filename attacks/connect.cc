// The connect technique: a raw TCP connection, UDP datagram or ping past the proxy, to one of the host's canaries or to
// an address of the internet or around the bottle, with the nonce as its content: an exchange, not a mere connect.
#include "attacks/carrier.h"
#include "harness/digest.h"
#include "harness/witness.h"

namespace bottle {
namespace {

constexpr char kBesideBundle[] = "host-beside-bundle";  // of the host, at the address where the bundle is published

Endpoint target_of(const Choice& choice, const Brief& brief) {
  const std::string target = chosen(choice, "target", "denied-ip");
  if (target == "denied-ip") return {brief.denied_address, 4444};
  if (target == "denied-ip6") return {brief.denied_address6, 4444};
  if (is_nearby(target)) return {brief.nearby.at(target), target == "metadata" ? 80 : kNearbyPort};
  return canary_past_walls(target, brief);
}

std::string missing_part(const std::string& target, const std::string& transport, const Brief& brief) {
  const bool canary = target.starts_with("host-");
  if (target == "denied-ip6" && !brief.route.ipv6) return "the bottle has no IPv6";
  if (target == kBesideBundle && !brief.canaries.contains(target))
    return "no address of the host's is known to be the bundle's";
  if (canary && !brief.canaries.contains(target)) return "the host has no such address";
  if (canary && transport != "tcp") return "the host's canaries listen on TCP";
  if (is_nearby(target) && !brief.nearby.contains(target)) return "this backend has no such address";
  return {};
}

// The host's own address nearby, where it holds a canary: "host-gateway", "host-gateway-udp".
std::string canary_nearby(const std::string& target, const std::string& transport, const Brief& brief) {
  const std::string name = "host-" + target + (transport == "udp" ? "-udp" : "");
  const bool of_the_host = brief.real_world || brief.open_road == Place::host;
  return of_the_host && is_nearby(target) && brief.canaries.contains(name) ? name : "";
}

// A host lets no ordinary user ping, or not everywhere: what is beside the bottle does.
Place bare_place(const std::string& transport, const Brief& brief, const Attempt& attempt) {
  if (!attempt.canary.empty()) return Place::host;
  return transport == "icmp" ? Place::outside : brief.open_road;
}

Attempt build(const Choice& choice, const Brief& brief) {
  Attempt attempt{.nonce = brief.nonce};
  const std::string target = chosen(choice, "target", "denied-ip");
  const std::string transport = chosen(choice, "transport", "tcp");
  const bool canary = target.starts_with("host-");
  const bool ipv6 = target == "denied-ip6";
  attempt.not_applicable = missing_part(target, transport, brief);
  if (!attempt.not_applicable.empty()) return attempt;

  Endpoint dial = target_of(choice, brief);
  if (canary)
    attempt.canary = "canary:" + target;
  else if (!is_nearby(target))  // those are dialled by other attempts and by the bare arm, too
    attempt.alone_at = dial.address;
  if (is_control(brief.arm)) dial = ipv6 ? brief.route.echo6 : brief.route.echo;
  const std::string message = brief.nonce + " bottle-verify\n";
  attempt.action = {{"action", transport}, {"address", dial.address}, {"send", to_base64(message)}};
  if (transport != "icmp") attempt.action["port"] = dial.port;
  if (transport != "tcp") attempt.action["read_ms"] = kSilenceMs;
  attempt.sent = {segment(transport == "tcp" ? "data" : "datagram", message)};
  attempt.channel = transport + " to the echo" + (ipv6 ? " over IPv6" : "") + ", prober";
  attempt.delivered_at = "echo";
  attempt.bare_at = {canary ? "canary:" + target : transport};
  const std::string nearby = canary_nearby(target, transport, brief);
  if (!nearby.empty()) attempt.bare_at = {attempt.canary = "canary:" + nearby};
  if (brief.arm == Arm::bare) attempt.place = bare_place(transport, brief, attempt);
  return attempt;
}

}  // namespace

Technique make_technique_connect() {
  std::vector<std::string> targets = {"denied-ip",  "denied-ip6",   "host-loopback",
                                      "host-alias", "host-address", kBesideBundle};
  targets.insert(targets.end(), kNearby.begin(), kNearby.end());
  return {
      .name = "connect", .parameters = {{"target", targets}, {"transport", {"tcp", "udp", "icmp"}}}, .build = build};
}

}  // namespace bottle
