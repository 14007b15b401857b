// The http action. Address, CONNECT authority, SNI and Host come from four different fields, so that they can
// contradict each other as an attacker's would.
#include <poll.h>
#include <sys/socket.h>

#include "probes/actions.h"
#include "probes/fields.h"
#include "probes/http_reply.h"
#include "probes/login.h"
#include "probes/own_secret.h"
#include "probes/stream.h"
#include "probes/talk.h"

namespace bottle::prober {
namespace {

struct Wish {
  Address address = {};
  std::string connect = {}, request = {};
  std::string login = {};  // a variable; then the header that came of it
  bool has_connect = false, has_tls = false;
  TlsWish tls = {};
  OwnSecret own_secret = {};
  std::chrono::milliseconds read{0}, retry{0};
};

Wish read_wish(Fields& fields) {
  Wish wish;
  wish.address = read_ip_address(fields);
  wish.connect = fields.bytes("connect");
  wish.has_connect = !wish.connect.empty();
  if (!fields.has("request")) fields.complain("request: missing");
  wish.request = fields.bytes("request");
  wish.read = fields.milliseconds("read_ms", 1000);
  wish.retry = fields.milliseconds("retry_ms", 0);
  wish.login = fields.text("login", "");
  if (const nlohmann::json* tls = fields.at("tls")) {
    Fields inner(*tls);
    wish.has_tls = true;
    wish.tls = read_tls_wish(inner, true);
    if (!tls->is_object()) fields.complain("tls: not an object");
    if (const Trouble trouble = inner.trouble()) fields.complain("tls." + trouble.detail);
  }
  wish.own_secret = OwnSecret::wished(fields);
  if (wish.own_secret.is_wished() && !(wish.has_tls && wish.tls.verify))
    fields.complain("own_secret: only to a host that shows who it is");
  return wish;
}

// Reads until the reply is complete. A reply without a length ends with the connection, or when `until` is over.
Trouble read_reply(Stream& stream, HttpReply& reply, Deadline until) {
  for (reply.look(); !reply.complete() && reply.bytes().size() < kReplyCap; reply.look()) {
    Trouble trouble = stream.read(reply.bytes(), kReplyCap - reply.bytes().size(), until);
    if (!trouble) continue;
    if (reply.ends_with_connection() && (trouble.error == "EOF" || trouble.error == "NOREPLY")) return {};
    if (!reply.bytes().empty()) return {trouble.error, "the reply is cut short"};
    return trouble;
  }
  return {};
}

// Byte by byte: what comes after the proxy's headers belongs to the tunnel.
Trouble read_proxy_headers(Stream& stream, HttpReply& reply, Deadline until) {
  while (!reply.has_headers() && reply.bytes().size() < kReplyCap) {
    if (Trouble trouble = stream.read(reply.bytes(), 1, until)) return trouble;
    reply.look();
  }
  return {};
}

// `open`: the tunnel stands. Not open and no trouble: the proxy said no.
Trouble open_tunnel(Stream& stream, const Wish& wish, Attempt& attempt, bool& open) {
  if (Trouble trouble = stream.send(with_login(wish.connect, wish.login), attempt.deadline())) return trouble;
  attempt.sent("connect", wish.connect);
  const Deadline until = within(wish.read, "NOREPLY", attempt.deadline());
  HttpReply reply(false);
  Trouble trouble = read_proxy_headers(stream, reply, until);
  const int status = reply.status();
  open = !trouble && status >= 200 && status < 300;
  if (!trouble && !open && status != 0) trouble = read_reply(stream, reply, until);
  if (!reply.bytes().empty()) attempt.replied("proxy", std::move(reply.bytes()));
  if (trouble || open) return trouble;
  if (status == 0) return {"EPROTO", "the proxy's reply is not HTTP"};
  return {};
}

Trouble exchange(Stream& stream, const Wish& wish, Attempt& attempt) {
  HttpReply reply(wish.request.starts_with("HEAD "));
  // Behind TLS is the origin, and what the proxy wants to know is none of its business.
  const std::string login = wish.has_tls ? std::string() : wish.login;
  Trouble trouble = stream.send(wish.own_secret.fill(with_login(wish.request, login)), attempt.deadline());
  if (!trouble) {
    attempt.sent("request", wish.request);
    attempt.reached("reply");
    trouble = read_reply(stream, reply, within(wish.read, "NOREPLY", attempt.deadline()));
  } else if (trouble.error == "EPIPE" || trouble.error == "ECONNRESET") {
    // It hung up while we were still sending; what it said before that is who refused, and why.
    (void)read_reply(stream, reply, within(std::chrono::milliseconds(100), "NOREPLY", attempt.deadline()));
  }
  if (!reply.bytes().empty()) attempt.replied("origin", wish.own_secret.presentable(reply.bytes()));
  if (!trouble) attempt.reached("done");
  return trouble;
}

Trouble try_once(const Wish& wish, Attempt& attempt) {
  Stream stream;
  attempt.reached("connect");
  if (Trouble trouble = stream.connect(wish.address, SOCK_STREAM, attempt.deadline())) return trouble;
  if (wish.has_connect) {
    attempt.reached("proxy");
    bool open = false;
    if (Trouble trouble = open_tunnel(stream, wish, attempt, open); trouble || !open) return trouble;
  }
  if (wish.has_tls) {
    attempt.reached("tls");
    if (Trouble trouble = stream.start_tls(wish.tls, attempt.deadline())) return trouble;
  }
  attempt.reached("send");
  if (!wish.request.empty()) return exchange(stream, wish, attempt);
  attempt.reached("done");  // connecting was all that was asked for
  return {};
}

// Nobody listens, or only who accepts for somebody that does not listen yet: an engine at a published port, a gateway.
bool is_not_open_yet(const Trouble& trouble, Attempt& attempt) {
  if (trouble.error == "ECONNREFUSED") return true;
  return (trouble.error == "EOF" || trouble.error == "ECONNRESET" || trouble.error == "EPIPE") && !attempt.has_reply();
}

}  // namespace

Trouble try_http(Attempt& attempt) {
  Fields fields(attempt.action().fields);
  Wish wish = read_wish(fields);
  if (Trouble trouble = fields.trouble()) return trouble;
  if (!wish.login.empty()) {
    if (Trouble trouble = read_login(std::string(wish.login), wish.login)) return trouble;
  }

  if (wish.own_secret.is_wished()) {
    if (Trouble trouble = wish.own_secret.look_up()) return trouble;
  }

  // Who wants to be the first customer is there before the shop opens.
  const Deadline until = within(wish.retry, "NOREPLY", attempt.deadline());
  while (true) {
    Trouble trouble = try_once(wish, attempt);
    if (!is_not_open_yet(trouble, attempt) || until.passed()) return trouble;
    attempt.start_over();
    ::poll(nullptr, 0, 1);
  }
}

}  // namespace bottle::prober
