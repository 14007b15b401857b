#include "attacks/curl.h"

#include "attacks/carrier.h"

namespace bottle {
namespace {

// Alphabetical order does not matter to curl; this one reads: quiet start, limits, road, trust, message, target.
std::vector<std::string> curl_arguments(const Exchange& exchange) {
  std::vector<std::string> argv = {
      "curl", "-q", "-sS", "-v", "-i", "--max-time", std::to_string(4 * exchange.patience), "-A", exchange.agent};
  const auto add = [&](std::initializer_list<std::string> words) { argv.insert(argv.end(), words); };
  if (exchange.follow) add({"-L", "--max-redirs", "3"});
  if (exchange.through_proxy) {
    add({"--noproxy", ""});
    // With a login, the road is the environment's: nobody else knows user and password.
    if (exchange.proxy_login.empty()) add({"-x", "http://" + to_string(exchange.dial)});
  } else {
    add({"--noproxy", "*"});
    const std::string literal = exchange.uri_host;
    const bool named = literal.front() != '[' && literal.find_first_not_of("0123456789.") != std::string::npos;
    if (named) {
      add({"--resolve", literal + ":" + std::to_string(exchange.uri_port) + ":" + exchange.dial.address});
    }
  }
  if (exchange.tls && exchange.verify && !exchange.ca_file.empty()) add({"--cacert", exchange.ca_file});
  if (exchange.tls && !exchange.verify) add({"-k"});
  const std::string own_host =
      exchange.uri_host +
      (exchange.uri_port == (exchange.tls ? 443 : 80) ? "" : ":" + std::to_string(exchange.uri_port));
  if (exchange.host != own_host) add({"-H", "Host: " + exchange.host});
  for (const auto& [name, value] : exchange.headers) add({"-H", name + ": " + value});
  if (!exchange.body.empty()) add({"--data-binary", exchange.body});
  add({url_of(exchange)});
  return argv;
}

}  // namespace

void try_with_curl(const Exchange& exchange, Attempt& attempt) {
  const std::vector<std::string> argv = curl_arguments(exchange);
  attempt.action = {{"action", "client"}, {"steps", nlohmann::json::array({argv})}, {"timeout_ms", 5000}};
  std::string joined;
  for (const std::string& argument : argv) joined += (joined.empty() ? "" : std::string(1, '\0')) + argument;
  attempt.sent = {segment("argv", joined)};
}

}  // namespace bottle
