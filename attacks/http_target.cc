#include "attacks/http_target.h"

#include "attacks/carrier.h"

namespace bottle {
namespace {

bool is_literal(const std::string& host) {
  return host.front() == '[' || host.find_first_not_of("0123456789.") == std::string::npos;
}

}  // namespace

std::string bracketed(const std::string& literal) {
  return literal.find(':') == std::string::npos ? literal : "[" + literal + "]";
}

// Where the attack wants to go: the host in the URI, and the address behind it for a client that goes there itself.
void set_target(const Choice& choice, const Brief& brief, Exchange& exchange) {
  const std::string target = chosen(choice, "target", "allowed");
  exchange.uri_port = exchange.tls ? 443 : 80;
  if (target == "allowed") {
    exchange.uri_host = brief.allowed_host;
    exchange.dial = brief.allowed_address;
  } else if (target == "denied-host") {
    exchange.uri_host = brief.nonce + ".denied.test";
    exchange.dial.address = brief.denied_address;
  } else if (target == "denied-ip" || target == "denied-ip6") {
    const std::string& literal = target == "denied-ip" ? brief.denied_address : brief.denied_address6;
    exchange.uri_host = bracketed(literal);
    exchange.dial.address = literal;
  } else if (is_nearby(target)) {
    exchange.uri_host = bracketed(brief.nearby.at(target));
    exchange.dial.address = brief.nearby.at(target);
  } else {  // a canary
    const Endpoint& canary = brief.canaries.at(target);
    exchange.uri_host = bracketed(canary.address);
    exchange.uri_port = canary.port;
    exchange.dial.address = canary.address;
  }
  exchange.dial.port = exchange.uri_port;
}

// What is said about the target besides its address: a lie where the choice asks for one.
void set_names(const Choice& choice, const Brief& brief, Exchange& exchange) {
  const std::string spoof = chosen(choice, "spoof", "none");
  const bool usual = exchange.uri_port == (exchange.tls ? 443 : 80);
  exchange.host = exchange.uri_host + (usual ? "" : ":" + std::to_string(exchange.uri_port));
  exchange.sni = is_literal(exchange.uri_host) ? "" : exchange.uri_host;
  if (spoof == "host") exchange.host = brief.allowed_host;
  if (spoof == "sni") exchange.host = exchange.sni = brief.allowed_host;
  if (spoof == "pin") exchange.uri_host = exchange.host = exchange.sni = brief.allowed_host;
}

}  // namespace bottle
