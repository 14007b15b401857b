// The tcp, udp, icmp and unix actions.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "harness/digest.h"
#include "tests/probes/support/prober.h"
#include "tests/probes/support/servers.h"

namespace bottle::testing {
namespace {

Json tcp(int port, const std::string& send = "hello", int read_ms = 3000) {
  return {{"action", "tcp"},      {"address", "127.0.0.1"}, {"port", port},
          {"send", base64(send)}, {"read_ms", read_ms},     {"timeout_ms", 8000}};
}

Json udp(int port, int read_ms = 3000) {
  Json action = tcp(port, "hello", read_ms);
  action["action"] = "udp";
  return action;
}

TEST(Tcp, SaysWhatItSentAndWhatCameBack) {
  std::string heard;
  Json line;
  {
    const StreamServer server([&](int socket) {
      heard = read_until(socket, "hello");
      say(socket, "welcome");
    });
    line = run_action(tcp(server.port()));
  }
  EXPECT_EQ(heard, "hello");
  EXPECT_EQ(line["stage"], "done");
  EXPECT_EQ(line["error"], "");
  EXPECT_EQ(sent_by(line), "data");
  EXPECT_EQ(line["sent"][0]["bytes"], 5);
  EXPECT_EQ(line["sent"][0]["sha256"], sha256_hex("hello"));
  EXPECT_EQ(head_of(line), "welcome");
  EXPECT_EQ(line["reply"]["from"], "server");
  EXPECT_LT(line["start_ns"], line["end_ns"]);
}

TEST(Tcp, RefusalIsNamedAndNothingWasSent) {
  const RefusingPort refusing;
  const Json line = run_action(tcp(refusing.port()));
  EXPECT_EQ(line["stage"], "connect");
  EXPECT_EQ(line["error"], "ECONNREFUSED");
  EXPECT_EQ(sent_by(line), "");
  EXPECT_FALSE(line.contains("reply"));
}

TEST(Tcp, SilenceWithinReadMsIsNoReply) {
  const StreamServer server(stay_silent);
  const Json line = run_action(tcp(server.port(), "hello", 100));
  EXPECT_EQ(line["stage"], "done");
  EXPECT_EQ(line["error"], "NOREPLY");
  EXPECT_EQ(sent_by(line), "data");
}

TEST(Tcp, SilencePastTheActionsOwnTimeIsATimeout) {
  const StreamServer server(stay_silent);
  Json action = tcp(server.port(), "hello", 5000);
  action["timeout_ms"] = 120;
  const Json line = run_action(action);
  EXPECT_EQ(line["stage"], "reply");
  EXPECT_EQ(line["error"], "TIMEOUT");
}

TEST(Tcp, ResetIsToldFromAnOrderlyEnd) {
  const StreamServer resetting([](int socket) {
    read_until(socket, "hello");
    reset_on_close(socket);
  });
  EXPECT_EQ(run_action(tcp(resetting.port(), "hello"))["error"], "ECONNRESET");
  const StreamServer closing([](int socket) { read_until(socket, "hello"); });
  const Json line = run_action(tcp(closing.port(), "hello"));
  EXPECT_EQ(line["stage"], "reply");
  EXPECT_EQ(line["error"], "EOF");
}

TEST(Tcp, TheFirstBytesAreAnswerEnough) {
  const StreamServer server([](int socket) {
    say(socket, std::string(300'000, 'x'));
    stay_silent(socket);
  });
  const auto began = std::chrono::steady_clock::now();
  const Json line = run_action(tcp(server.port(), "", 3000));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(3));
  EXPECT_EQ(line["stage"], "done");
  EXPECT_LE(line["reply"]["bytes"], 64 * 1024);
  EXPECT_EQ(head_of(line), std::string(2048, 'x'));
}

TEST(Tcp, OpensAndGoesOnWhenThePeerHasSaidSo) {
  std::string heard;
  Json line;
  {
    const StreamServer server([&](int socket) {
      heard = read_until(socket, "who?");
      say(socket, "me\n");
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
      say(socket, "go\nfirst ");
      heard += read_until(socket, "hello");
      say(socket, "second");
    });
    Json action = tcp(server.port());
    action["opening"] = base64("who?");
    action["until"] = base64("\ngo\n");
    action["to_end"] = true;
    line = run_action(action);
  }
  EXPECT_EQ(heard, "who?hello");
  EXPECT_EQ(line["stage"], "done");
  EXPECT_EQ(line["error"], "");
  EXPECT_EQ(sent_by(line), "opening,data");
  EXPECT_EQ(head_of(line), "first second");
}

TEST(Tcp, WhatIsSaidInsteadOfTheWordIsTheReply) {
  const StreamServer server([](int socket) {
    read_until(socket, "who?");
    say(socket, "not you");
  });
  Json action = tcp(server.port());
  action["opening"] = base64("who?");
  action["until"] = base64("go");
  const Json line = run_action(action);
  EXPECT_EQ(line["stage"], "opening");
  EXPECT_EQ(line["error"], "EOF");
  EXPECT_EQ(sent_by(line), "opening");
  EXPECT_EQ(head_of(line), "not you");
  action.erase("until");
  EXPECT_EQ(run_action(action)["error"], "BADACTION");
}

TEST(Tcp, AnAnswerWithoutAnEndIsCutShort) {
  const StreamServer server([](int socket) {
    say(socket, "half");
    stay_silent(socket);
  });
  Json action = tcp(server.port(), "hello", 200);
  action["to_end"] = true;
  const Json line = run_action(action);
  EXPECT_EQ(line["stage"], "reply");
  EXPECT_EQ(line["error"], "NOREPLY");
  EXPECT_EQ(line["detail"], "the reply is cut short");
  EXPECT_EQ(head_of(line), "half");
}

TEST(Udp, CarriesOneDatagramEachWay) {
  const DatagramServer server([](const std::string& said) { return "re: " + said; });
  const Json line = run_action(udp(server.port()));
  EXPECT_EQ(line["stage"], "done");
  EXPECT_EQ(line["error"], "");
  EXPECT_EQ(sent_by(line), "datagram");
  EXPECT_EQ(head_of(line), "re: hello");
}

TEST(Udp, AnIcmpRefusalShows) {
  const RefusingPort refusing;  // of TCP: nothing holds the UDP port of that number
  const Json line = run_action(udp(refusing.port()));
  EXPECT_EQ(line["stage"], "reply");
  EXPECT_EQ(line["error"], "ECONNREFUSED");
}

TEST(Udp, SilenceIsNoReply) {
  const DatagramServer server([](const std::string&) { return std::string(); });
  const Json line = run_action(udp(server.port(), 100));
  EXPECT_EQ(line["stage"], "done");
  EXPECT_EQ(line["error"], "NOREPLY");
  EXPECT_EQ(sent_by(line), "datagram");
}

// Whether this machine lets us ping is its own affair; that it does not is no refusal by anybody.
TEST(Icmp, CarriesItsBytesInAnEchoRequestOrSaysThatItMayNot) {
  for (const char* address : {"127.0.0.1", "::1"}) {
    const Json line =
        run_action({{"action", "icmp"}, {"address", address}, {"send", base64("hello")}, {"read_ms", 3000}});
    if (line["error"] == "NOPING") {
      EXPECT_EQ(line["stage"], "connect");
      EXPECT_EQ(sent_by(line), "");
      continue;
    }
    if (line["error"] == "EADDRNOTAVAIL") continue;  // no IPv6 on this loopback
    EXPECT_EQ(line["stage"], "done") << line.dump();
    EXPECT_EQ(sent_by(line), "datagram");
    EXPECT_EQ(head_of(line).substr(8), "hello");
  }
}

TEST(Unix, ReachesPathsAndAbstractNames) {
  const TempDirectory directory;
  for (const std::string& path : {directory / "socket", "@probes-test-" + directory.path()}) {
    const StreamServer server([](int socket) { say(socket, "re: " + read_until(socket, "hello")); }, path);
    const Json line = run_action({{"action", "unix"}, {"path", path}, {"send", base64("hello")}, {"read_ms", 3000}});
    EXPECT_EQ(line["stage"], "done") << path << line;
    EXPECT_EQ(head_of(line), "re: hello") << path;
  }
}

TEST(Unix, SendsMoreThanASocketHoldsAtOnce) {
  const TempDirectory directory;
  std::size_t heard = 0;
  Json line;
  {
    const StreamServer server(
        [&](int socket) {
          std::this_thread::sleep_for(std::chrono::milliseconds(50));  // until it is full, at some 200 kB
          heard = read_until(socket, "\n").size();
        },
        directory / "socket");
    line = run_action({{"action", "unix"},
                       {"path", directory / "socket"},
                       {"send", base64(std::string(1'000'000, 'x') + "\n")},
                       {"read_ms", 1000}});
  }
  EXPECT_EQ(heard, 1'000'001u);
  EXPECT_EQ(line["sent"][0]["bytes"], 1'000'001);
}

TEST(Unix, MissingAndOverlongPathsAreNamed) {
  const TempDirectory directory;
  EXPECT_EQ(run_action({{"action", "unix"}, {"path", directory / "none"}})["error"], "ENOENT");
  EXPECT_EQ(run_action({{"action", "unix"}, {"path", directory / "none"}, {"type", "dgram"}})["error"], "ENOENT");
  EXPECT_EQ(run_action({{"action", "unix"}, {"path", "/" + std::string(200, 'x')}})["error"], "ENAMETOOLONG");
}

}  // namespace
}  // namespace bottle::testing
