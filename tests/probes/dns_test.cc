// The dns action. The bottle's own resolv.conf is stood in for by a mount namespace.
#include <gtest/gtest.h>

#include "harness/digest.h"
#include "tests/probes/support/prober.h"
#include "tests/probes/support/servers.h"

namespace bottle::testing {
namespace {

const std::string kQuery = "\x12\x34 any bytes will do";

Json dns(const std::string& transport, int port, const std::string& server = "127.0.0.1") {
  return {{"action", "dns"}, {"transport", transport}, {"server", server}, {"port", port}, {"message", base64(kQuery)}};
}

// Runs the prober with this file, or nothing at all, where /etc/resolv.conf is.
BatchWish with_etc(const std::string& mount) {
  return {.argv = {"unshare", "-rm", "sh", "-ec", mount + "; exec \"$0\"", kProber}};
}
bool namespaces_work() { return run_with_input({"unshare", "-rm", "true"}, "").exit == 0; }

TEST(Dns, UdpSendsTheMessageAsItIs) {
  std::string heard;
  Json line;
  {
    const DatagramServer server([&](const std::string& said) { return heard = said; });
    line = run_action(dns("udp", server.port()));
  }
  EXPECT_EQ(heard, kQuery);
  EXPECT_EQ(line["stage"], "done");
  EXPECT_EQ(sent_by(line), "query");
  EXPECT_EQ(head_of(line), kQuery);
  EXPECT_EQ(line["reply"]["from"], "server");
}

TEST(Dns, TcpPutsTheLengthBeforeIt) {
  const std::string prefix = {'\0', static_cast<char>(kQuery.size())};
  std::string heard;
  Json line;
  {
    const StreamServer server([&](int socket) {
      heard = read_until(socket, "do");
      say(socket, std::string("\0\x05re", 4));
      say(socket, "ply and what is not asked for");
    });
    line = run_action(dns("tcp", server.port()));
  }
  EXPECT_EQ(heard, prefix + kQuery);
  EXPECT_EQ(line["stage"], "done");
  EXPECT_EQ(head_of(line), "reply");
  EXPECT_EQ(line["sent"][0]["sha256"], sha256_hex(kQuery)) << "the hash is of the message alone";
}

TEST(Dns, SilenceIsNoReplyAndAHalfReplyIsTheEnd) {
  const DatagramServer silent([](const std::string&) { return std::string(); });
  const Json line = run_action(dns("udp", silent.port()));
  EXPECT_EQ(line["stage"], "reply");
  EXPECT_EQ(line["error"], "NOREPLY");
  const StreamServer half([](int socket) {
    read_until(socket, "do");
    say(socket, std::string("\0\x05re", 4));
  });
  EXPECT_EQ(run_action(dns("tcp", half.port()))["error"], "EOF");
}

TEST(Dns, DefaultIsTheFirstNameserverOfTheBottle) {
  if (!namespaces_work()) GTEST_SKIP() << "user and mount namespaces are not allowed here";
  const TempDirectory directory;
  const std::string file =
      directory.write("resolv.conf", "# a remark\n\tnameserver  127.0.0.1 \nnameserver 192.0.2.1\n");
  const DatagramServer server([](const std::string&) { return std::string("answer"); });
  Json action = dns("udp", server.port(), "default");
  action["nonce"] = "bvONE";
  const ProberRun run = run_batch(Json::array({action}), with_etc("mount --bind '" + file + "' /etc/resolv.conf"));
  EXPECT_EQ(run.start["nameservers"], Json({"127.0.0.1", "192.0.2.1"}));
  EXPECT_EQ(head_of(run.line("bvONE")), "answer");
}

TEST(Dns, WithoutANameserverThereIsNothingToAsk) {
  if (!namespaces_work()) GTEST_SKIP() << "user and mount namespaces are not allowed here";
  Json action = dns("udp", 53, "default");
  action["nonce"] = "bvONE";
  const ProberRun run = run_batch(Json::array({action}), with_etc("mount -t tmpfs none /etc"));
  EXPECT_EQ(run.start["nameservers"], Json::array());
  EXPECT_EQ(run.line("bvONE")["stage"], "resolve");
  EXPECT_EQ(run.line("bvONE")["error"], "ENOENT");
}

}  // namespace
}  // namespace bottle::testing
