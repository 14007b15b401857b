// The http action without TLS: requests, replies and proxies.
#include <gtest/gtest.h>

#include "harness/digest.h"
#include "tests/probes/support/prober.h"
#include "tests/probes/support/servers.h"

namespace bottle::testing {
namespace {

const std::string kRequest = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
const std::string kConnect = "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n";

Json http(int port, int read_ms = 4000) {
  return {{"action", "http"},   {"address", "127.0.0.1"}, {"port", port}, {"request", base64(kRequest)},
          {"read_ms", read_ms}, {"timeout_ms", 9000}};
}

// A server that answers so and then keeps the connection open: only the reply's own length can end it.
std::function<void(int)> answering(const std::string& reply) {
  return [reply](int socket) {
    read_until(socket, "\r\n\r\n");
    say(socket, reply);
    stay_silent(socket);
  };
}

void expect_whole(const std::string& reply) {
  const StreamServer server(answering(reply));
  const auto began = std::chrono::steady_clock::now();
  const Json line = run_action(http(server.port()));
  EXPECT_EQ(line["stage"], "done") << line;
  EXPECT_EQ(line["error"], "") << line;
  EXPECT_EQ(head_of(line), reply);
  EXPECT_EQ(line["reply"]["from"], "origin");
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(4)) << "it did not see the end of " << reply;
}

TEST(Http, KnowsTheEndOfAReply) {
  expect_whole("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  expect_whole("HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n");
  expect_whole("HTTP/1.1 204 No Content\r\n\r\n");
  expect_whole("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=y\r\n!\r\n0\r\n\r\n");
  expect_whole("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nTrailer: x\r\n\r\n");
  expect_whole("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
}

TEST(Http, ARefusedConnectionIsTriedAgainOnlyWhenThatIsAskedForAndNotForEver) {
  const RefusingPort port;
  Json action = http(port.port());
  for (const int retry_ms : {0, 150}) {
    action["retry_ms"] = retry_ms;
    const auto began = std::chrono::steady_clock::now();
    const Json line = run_action(action);
    EXPECT_EQ(line["stage"], "connect");
    EXPECT_EQ(line["error"], "ECONNREFUSED");
    EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(retry_ms));
  }
}

// As at a port that an engine publishes before anybody listens in the container.
TEST(Http, WhatEndsWithoutAnAnswerIsTriedAgainOnlyWhenThatIsAskedFor) {
  std::atomic<int> calls{0};
  const StreamServer server([&](int socket) {
    read_until(socket, "\r\n\r\n");
    if (++calls % 3 == 0) say(socket, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  });
  Json action = http(server.port());
  EXPECT_EQ(run_action(action)["error"], "EOF");
  EXPECT_EQ(calls, 1);
  action["retry_ms"] = 8000;
  const Json line = run_action(action);
  EXPECT_EQ(line["stage"], "done") << line;
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(sent_by(line), "request") << "what the last of them was told";
}

TEST(Http, ARealRefusalIsAReplyLikeAnyOther) {
  const StreamServer server(answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\ndenied"));
  const Json line = run_action(http(server.port()));
  EXPECT_EQ(line["stage"], "done");
  EXPECT_EQ(sent_by(line), "request");
  EXPECT_EQ(line["sent"][0]["sha256"], sha256_hex(kRequest));
}

TEST(Http, AReplyWithoutALengthEndsWithTheConnectionOrWithReadMs) {
  const std::string reply = "HTTP/1.1 200 OK\r\n\r\nhello";
  const StreamServer open(answering(reply));
  Json line = run_action(http(open.port(), 500));
  EXPECT_EQ(line["stage"], "done");
  EXPECT_EQ(head_of(line), reply);
  const StreamServer closing([&](int socket) {
    read_until(socket, "\r\n\r\n");
    say(socket, reply);
  });
  line = run_action(http(closing.port()));
  EXPECT_EQ(line["stage"], "done");
  EXPECT_EQ(head_of(line), reply);
}

TEST(Http, ACutReplyIsNotDone) {
  const StreamServer server([](int socket) {
    read_until(socket, "\r\n\r\n");
    say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello");
  });
  const Json line = run_action(http(server.port()));
  EXPECT_EQ(line["stage"], "reply");
  EXPECT_EQ(line["error"], "EOF");
  EXPECT_NE(head_of(line).find("hello"), std::string::npos);
}

TEST(Http, SilenceAndAHangUpAreToldApart) {
  const StreamServer silent(stay_silent);
  Json line = run_action(http(silent.port(), 200));
  EXPECT_EQ(line["stage"], "reply");
  EXPECT_EQ(line["error"], "NOREPLY");
  const StreamServer closing([](int socket) { read_until(socket, "\r\n\r\n"); });
  line = run_action(http(closing.port()));
  EXPECT_EQ(line["stage"], "reply");
  EXPECT_EQ(line["error"], "EOF");
}

TEST(Http, AnAbsurdLengthDoesNotFillTheMemory) {
  for (const std::string headers :
       {"Content-Length: 99999999999999999999\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"}) {
    const StreamServer server([&](int socket) {
      read_until(socket, "\r\n\r\n");
      say(socket, "HTTP/1.1 200 OK\r\n" + headers + std::string(200'000, 'x'));
      stay_silent(socket);
    });
    const Json line = run_action(http(server.port()));
    EXPECT_EQ(line["stage"], "done") << headers;
    EXPECT_EQ(line["reply"]["bytes"], 64 * 1024) << headers;
  }
}

Json run_with_login(Json action, const std::string& url) {
  action["nonce"] = "bv0";
  action["login"] = "a_proxy";
  return run_batch(Json::array({action}), {.environment = {{"a_proxy", url}}}).line("bv0");
}

TEST(HttpProxy, TheLoginOfItsUrlIsSaidBehindTheFirstLineAndHashedByNobody) {
  std::string heard;
  Json line;
  {
    const StreamServer proxy([&](int socket) {
      heard = read_until(socket, "\r\n\r\n");
      say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    line = run_with_login(http(proxy.port()), "http://us%3Aer:pass@localhost:1");
  }
  EXPECT_EQ(heard, "GET / HTTP/1.1\r\nProxy-Authorization: Basic " + base64("us:er:pass") + "\r\nHost: a.test\r\n\r\n");
  EXPECT_EQ(line["sent"][0]["sha256"], sha256_hex(kRequest));
}

TEST(HttpProxy, WithoutALoginNothingIsSaid) {
  const RefusingPort port;
  for (const std::string url : {"", "http://localhost:3128"}) {
    const Json line = run_with_login(http(port.port()), url);
    EXPECT_EQ(line["error"], "NOLOGIN") << line;
  }
}

TEST(HttpProxy, ARefusedConnectStopsThere) {
  std::string heard;
  Json line;
  {
    const StreamServer proxy([&](int socket) {
      heard = read_until(socket, "\r\n\r\n");
      say(socket, "HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\ndenied");
      heard += read_until(socket, "never");
    });
    Json action = http(proxy.port());
    action["connect"] = base64(kConnect);
    line = run_action(action);
  }
  EXPECT_EQ(heard, kConnect) << "not a byte of the request may go out";
  EXPECT_EQ(line["stage"], "proxy");
  EXPECT_EQ(line["error"], "");
  EXPECT_EQ(sent_by(line), "connect");
  EXPECT_EQ(line["reply"]["from"], "proxy");
  EXPECT_NE(head_of(line).find("denied"), std::string::npos);
}

TEST(HttpProxy, AnOpenTunnelCarriesTheRequest) {
  const StreamServer proxy([](int socket) {
    read_until(socket, "\r\n\r\n");
    say(socket, "HTTP/1.1 200 Connection established\r\n\r\n");
    say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + read_until(socket, "\r\n\r\n").substr(0, 5));
  });
  Json action = http(proxy.port());
  action["connect"] = base64(kConnect);
  const Json line = run_action(action);
  EXPECT_EQ(line["stage"], "done");
  EXPECT_EQ(sent_by(line), "connect,request");
  EXPECT_EQ(line["reply"]["from"], "origin");
  EXPECT_TRUE(head_of(line).ends_with("GET /"));
}

TEST(HttpProxy, SilenceNonsenseAndAHangUpStopAtTheProxy) {
  const std::vector<std::pair<std::function<void(int)>, std::string>> proxies = {
      {stay_silent, "NOREPLY"},
      {answering("SSH-2.0-hello\r\n\r\n"), "EPROTO"},
      {[](int socket) { read_until(socket, "\r\n\r\n"); }, "EOF"},
  };
  for (const auto& [serve, error] : proxies) {
    const StreamServer proxy(serve);
    Json action = http(proxy.port(), 500);
    action["connect"] = base64(kConnect);
    const Json line = run_action(action);
    EXPECT_EQ(line["stage"], "proxy");
    EXPECT_EQ(line["error"], error);
    EXPECT_EQ(sent_by(line), "connect");
  }
}

}  // namespace
}  // namespace bottle::testing
