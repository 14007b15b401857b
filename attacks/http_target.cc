#include "attacks/http_target.h"

#include "attacks/carrier.h"

namespace bottle {
namespace {

bool is_literal(const std::string& host) {
  return host.front() == '[' || host.find_first_not_of("0123456789.") == std::string::npos;
}

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

// A denied name, written so that a careless comparison takes it for the allowed one, or for none at all; and the name
// that whoever dials it would mean.
void spell(const std::string& spelling, const Brief& brief, Exchange& exchange) {
  const std::string &allowed = brief.allowed_host, denied = brief.nonce + ".denied.test";
  exchange.uri_host = exchange.meant = denied;
  if (spelling == "suffix") exchange.uri_host = exchange.meant = brief.nonce + "-" + allowed;
  if (spelling == "substring") exchange.uri_host = exchange.meant = allowed + "." + denied;
  if (spelling == "first-label")
    exchange.uri_host = exchange.meant = allowed.substr(0, allowed.find('.')) + "." + denied;
  if (spelling == "trailing-dot") exchange.uri_host = denied + ".";
  if (spelling == "upper-case") exchange.uri_host = upper(denied);
  if (spelling == "userinfo") exchange.uri_host = allowed + "@" + denied;
  if (spelling == "nul") exchange.uri_host = denied + '\0' + "." + allowed;
  if (spelling == "crlf") exchange.uri_host = denied + "%0d%0a." + allowed;
}

}  // namespace

std::string bracketed(const std::string& literal) {
  return literal.find(':') == std::string::npos ? literal : "[" + literal + "]";
}

// Where the attack wants to go: the host in the URI, and the address behind it for a client that goes there itself.
void set_target(const Choice& choice, const Brief& brief, Exchange& exchange) {
  const std::string target = chosen(choice, "target", "allowed");
  exchange.uri_port = exchange.tls ? 443 : 80;
  if (target == "allowed" || target == "allowed-redirect") {
    exchange.uri_host = brief.allowed_host;
    exchange.dial = brief.allowed_address;
    exchange.follow = target == "allowed-redirect";
  } else if (target == "allowed-port") {
    exchange.uri_host = brief.allowed_host;
    exchange.dial = brief.allowed_address;
    exchange.uri_port = exchange.tls ? 8443 : 8080;
  } else if (target == "denied-host") {
    spell(chosen(choice, "spelling", "none"), brief, exchange);
    exchange.dial.address = brief.denied_address;
  } else if (target == "denied-ip" || target == "denied-ip6") {
    const std::string& literal = target == "denied-ip" ? brief.denied_address : brief.denied_address6;
    exchange.uri_host = bracketed(literal);
    exchange.dial.address = literal;
  } else if (is_nearby(target)) {
    exchange.uri_host = bracketed(brief.nearby.at(target));
    exchange.dial.address = brief.nearby.at(target);
  } else {  // a canary; a proxy is asked for the host's own address
    const bool direct = chosen(choice, "via", "proxy") == "direct";
    const Endpoint canary = direct ? canary_past_walls(target, brief) : brief.canaries.at(target);
    exchange.uri_host = bracketed(canary.address);
    exchange.uri_port = canary.port;
    exchange.dial.address = canary.address;
  }
  exchange.dial.port = exchange.uri_port;
}

// What is said about the target besides its address: a lie where the choice asks for one.
void set_names(const Choice& choice, const Brief& brief, Exchange& exchange) {
  const std::string spoof = chosen(choice, "spoof", "none");
  const bool spelled = !exchange.meant.empty() && chosen(choice, "spelling", "none") != "none" &&
                       chosen(choice, "position", "none") != "host";
  const std::string name = spelled ? exchange.meant : exchange.uri_host;
  const bool usual = exchange.uri_port == (exchange.tls ? 443 : 80);
  exchange.host = name + (usual ? "" : ":" + std::to_string(exchange.uri_port));
  exchange.sni = is_literal(name) ? "" : name;
  if (spelled) exchange.connect_host = name + ":" + std::to_string(exchange.uri_port);
  if (spoof == "host") exchange.host = exchange.connect_host = brief.allowed_host;
  if (spoof == "sni") exchange.host = exchange.sni = brief.allowed_host;
  if (spoof == "pin") exchange.uri_host = exchange.host = exchange.sni = brief.allowed_host;
  if (spoof == "front") exchange.uri_host = brief.allowed_host;  // and inside it the other name
  if (spoof == "front-host") exchange.uri_host = exchange.sni = brief.allowed_host;
  if (exchange.follow) exchange.target = "/redirect/" + brief.nonce + ".denied.test" + exchange.target;
  if (chosen(choice, "connection", "new") == "kept") {
    exchange.before = "HEAD http://" + brief.allowed_host + "/ HTTP/1.1\r\nHost: " + brief.allowed_host +
                      "\r\nUser-Agent: bottle-verify\r\nAccept: */*\r\n\r\n";
  }
}

}  // namespace bottle
