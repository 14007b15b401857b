// The static probers for guests of other kinds (ci/cross guests): the one for aarch64 does its work under qemu, the one
// for x86_64, which has musl instead of glibc under it, on this machine.
#include <elf.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <ostream>

#include "harness/certificates.h"
#include "tests/probes/support/prober.h"
#include "tests/probes/support/servers.h"

namespace bottle::testing {
namespace {

constexpr char kQemu[] = "/usr/bin/qemu-aarch64-static";

struct Guest {
  std::string platform = {};
  Elf64_Half machine = EM_NONE;
  std::vector<std::string> runner = {};  // before the program

  std::string prober() const { return BOTTLE_SOURCE_DIR "/build/cross/libexec/" + platform + "/bottle-prober"; }
  std::vector<std::string> argv(const std::vector<std::string>& arguments = {}) const {
    std::vector<std::string> all = runner;
    all.push_back(prober());
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
  }
};

void PrintTo(const Guest& guest, std::ostream* out) { *out << guest.platform; }

class GuestProber : public ::testing::TestWithParam<Guest> {
 protected:
  void SetUp() override {
    std::string missing;
    if (::access(GetParam().prober().c_str(), X_OK) != 0)
      missing = GetParam().prober() + " (ci/cross guests makes it)";
    else if (!GetParam().runner.empty() && ::access(kQemu, X_OK) != 0)
      missing = std::string(kQemu) + " (apt-get install qemu-user-static)";
    if (missing.empty()) return;
    const char* required = std::getenv("BOTTLE_REQUIRE");
    const std::string name = "guest-" + GetParam().platform.substr(0, GetParam().platform.find('-'));
    if (required != nullptr && std::string(required).find(name) != std::string::npos)
      FAIL() << "BOTTLE_REQUIRE names " << name << ", and there is no " << missing;
    GTEST_SKIP() << "no " << missing;
  }

  ProberRun run(const Json& actions) const { return run_batch(actions, {.argv = GetParam().argv()}); }
};

TEST_P(GuestProber, IsAStaticProgramOfThatMachine) {
  std::ifstream file(GetParam().prober(), std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  ASSERT_GT(bytes.size(), sizeof(Elf64_Ehdr));
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof header);
  ASSERT_EQ(std::memcmp(header.e_ident, ELFMAG, SELFMAG), 0);
  EXPECT_EQ(header.e_machine, GetParam().machine);
  for (int i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    std::memcpy(&segment, bytes.data() + header.e_phoff + static_cast<std::size_t>(i) * header.e_phentsize,
                sizeof segment);
    EXPECT_NE(segment.p_type, static_cast<Elf64_Word>(PT_INTERP));
  }
  EXPECT_EQ(run_with_input(GetParam().argv({"--version"}), "").out, "bottle-prober 1\n");
}

TEST_P(GuestProber, ConnectsWritesAndTellsRefusalsByName) {
  const StreamServer echo([](int socket) { say(socket, read_until(socket, "token")); });
  const DatagramServer shout([](const std::string& said) { return said + "!"; });
  const RefusingPort refusing;
  const TempDirectory directory;
  const ProberRun done = run({
      {{"nonce", "bvTCP"},
       {"action", "tcp"},
       {"address", "127.0.0.1"},
       {"port", echo.port()},
       {"send", base64("a token")},
       {"read_ms", 3000}},
      {{"nonce", "bvUDP"},
       {"action", "udp"},
       {"address", "127.0.0.1"},
       {"port", shout.port()},
       {"send", base64("hey")},
       {"read_ms", 3000}},
      {{"nonce", "bvREFUSED"}, {"action", "tcp"}, {"address", "127.0.0.1"}, {"port", refusing.port()}},
      {{"nonce", "bvWRITE"},
       {"action", "file"},
       {"op", "write"},
       {"path", directory / "new"},
       {"send", base64("of the guest")}},
      {{"nonce", "bvNOFILE"}, {"action", "file"}, {"op", "read"}, {"path", directory / "none"}},
  });
  EXPECT_EQ(head_of(done.line("bvTCP")), "a token") << done.line("bvTCP");
  EXPECT_EQ(head_of(done.line("bvUDP")), "hey!") << done.line("bvUDP");
  EXPECT_EQ(done.line("bvREFUSED")["error"], "ECONNREFUSED");
  EXPECT_EQ(done.line("bvNOFILE")["error"], "ENOENT");
  std::ifstream written(directory / "new");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(written), {}), "of the guest");
}

TEST_P(GuestProber, RunsARealClientAndEndsWhatHangs) {
  const auto client = [](const char* nonce, const std::vector<std::string>& words) {
    return Json{{"nonce", nonce}, {"action", "client"}, {"steps", Json::array({Json(words)})}, {"timeout_ms", 3000}};
  };
  const ProberRun done = run({client("bvCLIENT", {"echo", "from a client"}), client("bvFAILS", {"sh", "-c", "exit 7"}),
                              client("bvHANGS", {"sleep", "600"}), client("bvNONE", {"no-such-program-here"})});
  EXPECT_EQ(done.line("bvCLIENT")["steps"][0]["out"], base64("from a client\n")) << done.line("bvCLIENT");
  EXPECT_EQ(done.line("bvFAILS")["error"], "EXIT") << done.line("bvFAILS");
  EXPECT_EQ(done.line("bvFAILS")["steps"][0]["exit"], 7) << done.line("bvFAILS");
  EXPECT_EQ(done.line("bvHANGS")["error"], "TIMEOUT") << done.line("bvHANGS");
  EXPECT_EQ(done.line("bvNONE")["error"], "ENOENT") << done.line("bvNONE");
}

// With the OpenSSL that ci/cross compiled.
TEST_P(GuestProber, VerifiesTlsAsTheOrdinaryOneDoes) {
  const TempDirectory directory;
  auto authority = CertificateAuthority::make("guest test");
  const auto stranger = CertificateAuthority::make("a stranger");
  ASSERT_TRUE(authority && stranger);
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(authority->make_sni_context("fallback.test"),
                                                             SSL_CTX_free);
  const StreamServer origin([&](int socket) {
    const std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context.get()), SSL_free);
    SSL_set_fd(ssl.get(), socket);
    if (SSL_accept(ssl.get()) != 1) return;
    char buffer[4096];
    SSL_read(ssl.get(), buffer, sizeof buffer);
    const std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    SSL_write(ssl.get(), reply.data(), static_cast<int>(reply.size()));
    SSL_shutdown(ssl.get());
  });
  const auto with_ca = [&](const char* nonce, const std::string& ca) {
    return Json{{"nonce", nonce},
                {"action", "http"},
                {"address", "127.0.0.1"},
                {"port", origin.port()},
                {"tls", {{"sni", "front.test"}, {"ca", ca}, {"verify", true}}},
                {"request", base64("GET / HTTP/1.0\r\nHost: front.test\r\n\r\n")},
                {"timeout_ms", 10000}};
  };
  const ProberRun done = run({with_ca("bvOURS", directory.write("ca.pem", authority->certificate_pem())),
                              with_ca("bvTHEIRS", directory.write("stranger.pem", stranger->certificate_pem()))});
  EXPECT_EQ(done.line("bvOURS")["stage"], "done") << done.line("bvOURS");
  EXPECT_TRUE(head_of(done.line("bvOURS")).ends_with("ok"));
  EXPECT_EQ(done.line("bvTHEIRS")["error"], "TLS") << done.line("bvTHEIRS");
}

INSTANTIATE_TEST_SUITE_P(Platforms, GuestProber,
                         ::testing::Values(Guest{"aarch64-linux", EM_AARCH64, {kQemu}},
                                           Guest{"x86_64-linux", EM_X86_64, {}}),
                         [](const auto& given) {
                           return given.param.platform.substr(0, given.param.platform.find('-'));
                         });

}  // namespace
}  // namespace bottle::testing
