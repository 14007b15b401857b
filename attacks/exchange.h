// One HTTP exchange, before a client is chosen: address, CONNECT authority, SNI and Host are independent of each other.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/attempt.h"

namespace bottle {

struct Exchange {
  bool tls = false;
  Endpoint dial = {};            // what the client connects to: the proxy, or the target itself
  bool through_proxy = false;    // absolute form, or CONNECT for TLS
  std::string proxy_login = {};  // Route::proxy_login
  std::string uri_host = {};     // in the URI and the CONNECT authority; IPv6 in brackets
  int uri_port = 80;
  std::string meant = {};         // the name that a client means by it, where that is written in some other way
  std::string connect_host = {};  // the Host header of the CONNECT; empty: its authority
  std::string before = {};        // a harmless request, whole, that goes before it on the same connection
  bool follow = false;            // the client goes where the answer points
  std::string host = {};          // the Host header
  std::string sni = {};           // empty: none (an IP literal has none)
  bool verify = false;            // check the certificate against the arm's CA
  int patience = 1;               // Brief::patience
  std::string ca_file = {};
  std::string target = {};  // path and query
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};  // not empty: POST
  std::string content_type = "application/x-www-form-urlencoded";
  bool chunked = false;  // the body, in chunks of less than any piece of a secret that a scanner could know
  std::vector<std::pair<std::string, std::string>> trailers = {};  // after the last chunk
  bool upgrade = false;                                            // asks for a WebSocket
  std::string agent = {};  // the User-Agent: it carries the nonce, on the CONNECT too
};

// "http://host:81/path"; default ports are left out.
std::string url_of(const Exchange& exchange);

}  // namespace bottle
