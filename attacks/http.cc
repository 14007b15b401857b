// The http technique: one request to an allowed or a denied place, through the proxy or past it, in clear or in TLS, by
// the prober or by curl; with or without a secret somewhere in it; with or without a lie in Host or SNI.
#include "attacks/carrier.h"
#include "attacks/curl.h"
#include "attacks/http_body.h"
#include "attacks/http_message.h"
#include "attacks/http_target.h"

namespace bottle {

namespace {

void set_road(const Choice& choice, const Brief& brief, Exchange& exchange) {
  const std::string via = chosen(choice, "via", "proxy");
  if (via == "proxy") exchange.dial = brief.route.proxy;
  if (via == "egress") exchange.dial = brief.route.egress;
  if (via == "supervise") exchange.dial = brief.route.supervise;
  if (via == "git-gate") exchange.dial = brief.route.git_gate;
  exchange.through_proxy = via != "direct";
  if (via == "proxy") exchange.proxy_login = brief.route.proxy_login;
}

// The harmless twin: through the proxy to the allowed host, or to the echo where the variant goes past the proxy.
Choice twin_of(const Choice& choice) {
  Choice twin;
  for (const char* kept : {"scheme", "via", "client"}) {
    if (choice.contains(kept)) twin[kept] = choice.at(kept);
  }
  twin["target"] = "allowed";
  return twin;
}

// The sink at which a dial of one of the host's canaries arrives; empty: it is none, or is heard like anything else
// (the host's own address, from the bundle).
constexpr std::string_view kBundleCanary = "bundle:";
std::string canary_sink(const std::string& target, const std::string& via) {
  if (!target.starts_with("host-")) return {};
  if (via == "direct") return "canary:" + target;
  return target == "host-address" ? std::string() : std::string(kBundleCanary) + target;
}

std::string missing_part(const Choice& choice, const Brief& brief) {
  const std::string via = chosen(choice, "via", "proxy");
  const std::string target = chosen(choice, "target", "allowed");
  if (via == "proxy" && brief.route.proxy.port == 0) return "this bundle has no proxy";
  if (via == "egress" && brief.route.egress_is_proxy)
    return "egress is this bundle's proxy: its port is the front door";
  if (via == "egress" && brief.route.egress.port == 0) return "this bundle has no egress daemon of its own";
  if (via == "supervise" && brief.route.supervise.port == 0) return "this bundle has no supervise";
  if (via == "git-gate" && brief.route.git_gate.port == 0) return "this bundle has no git-gate";
  if (target == "denied-ip6" && !brief.route.ipv6) return "the bottle has no IPv6";
  // What one client alone can do.
  const bool curl = chosen(choice, "client", "prober") == "curl";
  if (curl && chosen(choice, "spelling", "none") != "none") return "curl corrects the spelling of hosts";
  if (!curl && target == "allowed-redirect") return "only curl follows redirects";
  if (chosen(choice, "connection", "new") == "kept" && (curl || chosen(choice, "scheme", "http") == "https"))
    return "a connection is kept by the prober, in clear";
  if (chosen(choice, "when", "any") == "early" && (curl || via != "proxy")) return "only the prober waits for a proxy";
  if (target.starts_with("host-") && !brief.canaries.contains(target)) return "the host has no such address";
  if (is_nearby(target) && !brief.nearby.contains(target)) return "this backend has no such address";
  const bool plain = chosen(choice, "content", "form") == "form" && chosen(choice, "framing", "length") == "length" &&
                     chosen(choice, "position", "none") != "trailer";
  if (chosen(choice, "client", "prober") == "curl" && !plain) return "only the prober sends this";
  return {};
}

// The controls of what goes past the proxy go to the echo.
void turn_to_echo(const Endpoint& echo, Exchange& exchange) {
  exchange.dial = echo;
  exchange.uri_host = bracketed(echo.address);
  exchange.uri_port = echo.port;
  exchange.host = exchange.uri_host + ":" + std::to_string(echo.port);
  exchange.sni = "";
  exchange.through_proxy = false;
}

// What speaks against it, and where.
void set_sinks(const Choice& choice, const Brief& brief, const Exchange& target, Attempt& attempt) {
  const std::string name = chosen(choice, "target", "allowed"), via = chosen(choice, "via", "proxy");
  // A secret that sits in the host name is lost as soon as the name is looked up: then the nonce beside it is enough.
  const bool in_host = chosen(choice, "position", "none") == "host";
  attempt.secret = carried_kind(choice);
  // To an allowed host anything may go but the secret; to any other nothing at all, and to be refused is to be refused.
  const bool secret_counts = name == "allowed" && !attempt.secret.empty() && !in_host;
  attempt.leak = secret_counts ? Attempt::Leak::secret : Attempt::Leak::nonce;
  const bool fronted = chosen(choice, "spoof", "none").starts_with("front");
  attempt.secret_in_tunnel = (secret_counts || fronted) && target.tls && via != "direct";
  if (name.starts_with("denied-ip") || (name == "denied-host" && via == "direct"))
    attempt.alone_at = target.dial.address;
  const std::string& allowed = via == "direct" ? brief.allowed_address.address : brief.allowed_by_name;
  if (name == "allowed-redirect") attempt.by_way_of = allowed;
  if (chosen(choice, "spoof", "none") != "none") attempt.lied_to = allowed;
  attempt.canary = canary_sink(name, via);
  attempt.bare_at = {attempt.canary.empty() ? "http" : attempt.canary};
  if (in_host) attempt.bare_at.push_back("dns");
}

Place bare_place(const Choice& choice, const Brief& brief, const Attempt& attempt) {
  const std::string via = chosen(choice, "via", "proxy");
  if (via == "egress" || attempt.canary.starts_with(kBundleCanary)) return Place::bundle;
  if (!attempt.canary.empty()) return Place::host;
  return via == "direct" ? brief.open_road : Place::outside;
}

// What has to refuse on this road.
Layer wall_on(const std::string& via) {
  if (via == "proxy") return Layer::pipelock;
  if (via == "supervise") return Layer::supervise;
  if (via == "git-gate") return Layer::git_gate;
  return Layer::network;
}

Attempt build(const Choice& given, const Brief& brief) {
  Attempt attempt{.nonce = brief.nonce};
  attempt.not_applicable = missing_part(given, brief);
  if (!attempt.not_applicable.empty()) return attempt;
  const bool control = is_control(brief.arm), bare = brief.arm == Arm::bare;
  const Choice choice = control ? twin_of(given) : given;
  const std::string via = chosen(choice, "via", "proxy");
  const std::string client = chosen(choice, "client", "prober");
  const bool to_echo = via != "proxy";
  const bool ipv6 = chosen(given, "target", "") == "denied-ip6" && via == "direct";

  Exchange exchange;
  exchange.tls = chosen(choice, "scheme", "http") == "https";
  exchange.patience = brief.patience;
  exchange.ca_file = brief.route.ca_file;
  exchange.verify = chosen(choice, "target", "allowed") == "allowed" && via == "proxy";
  set_target(choice, brief, exchange);
  set_message(choice, brief, exchange);
  set_names(choice, brief, exchange);
  set_sinks(choice, brief, exchange, attempt);
  // What a proxy that dials loopback would reach is the bundle's own: the bare arm goes there from the bundle.
  if (!(bare && attempt.canary.starts_with(kBundleCanary))) set_road(choice, brief, exchange);
  if (control && to_echo) turn_to_echo(ipv6 ? brief.route.echo6 : brief.route.echo, exchange);
  if (client == "curl")
    try_with_curl(exchange, attempt);
  else
    try_with_prober(exchange, attempt);

  attempt.channel = std::string(exchange.tls ? "https" : "http") +
                    (to_echo ? std::string(" to the echo") + (ipv6 ? " over IPv6" : "") : " through the proxy") + ", " +
                    client;
  attempt.delivered_at = to_echo ? "echo" : "http";
  attempt.wall = wall_on(via);
  if (bare) attempt.place = bare_place(choice, brief, attempt);
  if (brief.arm == Arm::guarded && chosen(choice, "when", "any") == "early") {
    attempt.early = true;
    attempt.action["retry_ms"] = 8000;  // a busy engine takes seconds to start a bundle
    attempt.action["timeout_ms"] = 7000;
  }
  return attempt;
}

}  // namespace

Technique make_technique_http() {
  return {
      .name = "http",
      .parameters = {{"target",
                      {"allowed", "allowed-port", "allowed-redirect", "denied-host", "denied-ip", "denied-ip6",
                       "host-loopback", "host-alias", "host-address", "gateway", "subnet", "neighbour", "metadata"}},
                     {"via", {"proxy", "direct", "egress", "supervise", "git-gate"}},
                     {"connection", {"new", "kept"}},
                     {"when", {"any", "early"}},
                     {"spelling", kSpellings},
                     {"scheme", {"http", "https"}},
                     {"client", {"prober", "curl"}},
                     {"spoof", {"none", "host", "sni", "pin", "front", "front-host"}},
                     {"secret", kSecretKinds},
                     {"position", {"none", "path", "query", "header", "header-name", "body", "trailer", "host"}},
                     {"content", kContents},
                     {"framing", {"length", "chunked", "upgrade"}},
                     {"encoding", kEncodings}},
      .build = build};
}

}  // namespace bottle
