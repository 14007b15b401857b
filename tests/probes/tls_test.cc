// TLS of the http and dns actions, against a server with a certificate of our own.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <memory>

#include "harness/certificates.h"
#include "harness/digest.h"
#include "tests/probes/support/prober.h"
#include "tests/probes/support/servers.h"

namespace bottle::testing {
namespace {

class Tls : public ::testing::Test {
 protected:
  Tls()
      : authority_(*CertificateAuthority::make("probes test")),
        ca_(directory_.write("ca.pem", authority_.certificate_pem())) {
    context_.reset(authority_.make_sni_context("fallback.test"));
  }

  // Speaks TLS; `answer` gets what was said under it.
  std::function<void(int)> speaking(std::function<std::string(const std::string&)> answer) {
    return [this, answer = std::move(answer)](int socket) {
      const std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context_.get()), SSL_free);
      SSL_set_fd(ssl.get(), socket);
      if (SSL_accept(ssl.get()) != 1) return;
      const char* name = SSL_get_servername(ssl.get(), TLSEXT_NAMETYPE_host_name);
      sni_ = name == nullptr ? "(none)" : name;
      char buffer[4096];
      const int got = SSL_read(ssl.get(), buffer, sizeof buffer);
      heard_ = std::string(buffer, static_cast<std::size_t>(std::max(got, 0)));
      const std::string reply = answer(heard_);
      SSL_write(ssl.get(), reply.data(), static_cast<int>(reply.size()));
      SSL_shutdown(ssl.get());
    };
  }
  std::function<void(int)> origin() {
    return speaking([](const std::string&) { return std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"); });
  }

  Json try_tls(const Json& tls) {
    heard_ = sni_ = "";
    const StreamServer server(origin());
    return run_action({{"action", "http"},
                       {"address", "127.0.0.1"},
                       {"port", server.port()},
                       {"tls", tls},
                       {"request", base64("GET / HTTP/1.0\r\nHost: other.test\r\n\r\n")},
                       {"timeout_ms", 8000}});
  }

  TempDirectory directory_;
  CertificateAuthority authority_;
  std::string ca_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_{nullptr, SSL_CTX_free};
  std::string heard_, sni_;
};

TEST_F(Tls, SniAndHostAreIndependent) {
  const Json line = try_tls({{"sni", "front.test"}, {"ca", ca_}});
  EXPECT_EQ(line["stage"], "done") << line;
  EXPECT_EQ(sni_, "front.test");
  EXPECT_NE(heard_.find("Host: other.test"), std::string::npos);
  EXPECT_EQ(sent_by(line), "request");
  EXPECT_TRUE(head_of(line).ends_with("ok"));
}

// The harness never learns it: neither by the report's words, nor by a hash or a length.
TEST_F(Tls, TheBottlesOwnSecretGoesToTheHostAndNotIntoTheReport) {
  const std::string secret = "s3cret-of-the-bottle's=own";
  const std::string request = "GET / HTTP/1.0\r\nHost: other.test\r\nX-Data: BLANK\r\n\r\n";
  const auto run = [&](const Json& tls, const std::string& value) {
    const StreamServer server(speaking([](const std::string& heard) {
      return "HTTP/1.1 200 " + heard.substr(heard.find("X-Data: ") + 8, 26) +
             "\r\nContent-Length: " + std::to_string(heard.size()) + "\r\n\r\n" + heard;
    }));
    const Json action = {{"nonce", "n"},
                         {"action", "http"},
                         {"address", "127.0.0.1"},
                         {"port", server.port()},
                         {"tls", tls},
                         {"own_secret", {{"variable", "OWN"}, {"blank", "BLANK"}}},
                         {"request", base64(request)},
                         {"timeout_ms", 8000}};
    return run_batch(Json::array({action}), {.environment = {{"OWN", value}}}).line("n");
  };
  const Json verified = {{"sni", "front.test"}, {"ca", ca_}};
  const Json line = run(verified, secret);
  EXPECT_NE(heard_.find("X-Data: " + secret + "\r\n"), std::string::npos) << heard_;
  EXPECT_EQ(head_of(line), "HTTP/1.1 200 [OWN]");
  EXPECT_EQ(line.dump().find(secret), std::string::npos);
  EXPECT_EQ(line["sent"][0]["sha256"], sha256_hex(request));
  EXPECT_EQ(line["sent"][0]["bytes"], request.size());
  for (const char* wrong : {"", "two lines\r\nX: y", "a blank"}) {
    heard_ = "";
    EXPECT_EQ(run(verified, wrong)["error"], "NOSECRET");
    EXPECT_EQ(heard_, "");
  }
  EXPECT_EQ(run({{"sni", "front.test"}, {"verify", false}}, secret)["error"], "BADACTION");
  EXPECT_EQ(heard_, "");
  EXPECT_EQ(run({{"sni", "front.test"}, {"ca", directory_.write("none.pem", "")}}, secret)["stage"], "tls");
  EXPECT_EQ(heard_, "");
}

TEST_F(Tls, AnEmptySniIsNotSent) {
  EXPECT_EQ(try_tls({{"sni", ""}, {"ca", ca_}})["stage"], "done");
  EXPECT_EQ(sni_, "(none)");
}

TEST_F(Tls, AnUnknownAuthorityStopsTheHandshakeBeforeTheRequest) {
  const auto other = CertificateAuthority::make("another");
  const std::string other_ca = directory_.write("other.pem", other->certificate_pem());
  const Json line = try_tls({{"sni", "front.test"}, {"ca", other_ca}});
  EXPECT_EQ(line["stage"], "tls");
  EXPECT_EQ(line["error"], "TLS");
  EXPECT_NE(line["detail"].get<std::string>().find("certificate verify failed: "), std::string::npos) << line;
  EXPECT_EQ(sent_by(line), "");
  EXPECT_EQ(heard_, "");
  EXPECT_EQ(try_tls({{"sni", "front.test"}, {"ca", other_ca}, {"verify", false}})["stage"], "done");
}

TEST_F(Tls, TheNameThatIsCheckedIsTheSniUnlessAnotherIsGiven) {
  const Json line = try_tls({{"sni", "front.test"}, {"ca", ca_}, {"verify_name", "behind.test"}});
  EXPECT_EQ(line["stage"], "tls");
  EXPECT_NE(line["detail"].get<std::string>().find("mismatch"), std::string::npos) << line;
  EXPECT_EQ(try_tls({{"sni", ""}, {"ca", ca_}, {"verify_name", "fallback.test"}})["stage"], "done");
  EXPECT_EQ(try_tls({{"sni", ""}, {"ca", ca_}, {"verify_name", "192.0.2.1"}})["stage"], "tls");
}

TEST_F(Tls, AMissingAuthorityFileIsNotNoCheck) {
  const Json line = try_tls({{"sni", "front.test"}, {"ca", directory_ / "none.pem"}});
  EXPECT_EQ(line["stage"], "tls");
  EXPECT_EQ(line["error"], "TLS");
  EXPECT_EQ(heard_, "");
}

TEST_F(Tls, AServerWithoutTlsFailsTheHandshakeInItsOwnWay) {
  const auto handshake = [&](std::function<void(int)> serve) {
    const StreamServer server(std::move(serve));
    return run_action({{"action", "http"},
                       {"address", "127.0.0.1"},
                       {"port", server.port()},
                       {"request", base64("x")},
                       {"tls", {{"sni", "a.test"}, {"verify", false}}},
                       {"timeout_ms", 300}});
  };
  Json line = handshake([](int socket) {
    say(socket, "HTTP/1.1 400 Bad Request\r\n\r\n");
    stay_silent(socket);
  });
  EXPECT_EQ(line["stage"], "tls");
  EXPECT_EQ(line["error"], "TLS");
  EXPECT_EQ(handshake(stay_silent)["error"], "TIMEOUT");
  line = handshake([](int socket) { read_until(socket, "a.test"); });
  EXPECT_EQ(line["stage"], "tls");
  EXPECT_EQ(line["error"], "EOF");
}

TEST_F(Tls, ATunnelThroughAProxyCarriesTheHandshake) {
  const StreamServer proxy([this](int socket) {
    read_until(socket, "\r\n\r\n");
    say(socket, "HTTP/1.1 200 Connection established\r\n\r\n");
    origin()(socket);
  });
  const Json line = run_action({{"action", "http"},
                                {"address", "127.0.0.1"},
                                {"port", proxy.port()},
                                {"connect", base64("CONNECT a.test:443 HTTP/1.1\r\n\r\n")},
                                {"tls", {{"sni", "front.test"}, {"ca", ca_}}},
                                {"request", base64("GET / HTTP/1.0\r\n\r\n")}});
  EXPECT_EQ(line["stage"], "done") << line;
  EXPECT_EQ(sent_by(line), "connect,request");
}

TEST_F(Tls, DnsOverTlsIsAskedWithoutCheckingWhoAnswers) {
  Json line;
  {
    const StreamServer server(speaking([](const std::string& said) { return said; }));
    line = run_action({{"action", "dns"},
                       {"transport", "dot"},
                       {"server", "127.0.0.1"},
                       {"port", server.port()},
                       {"message", base64("question")}});
  }
  EXPECT_EQ(heard_, std::string("\0\x08question", 10));
  EXPECT_EQ(line["stage"], "done") << line;
  EXPECT_EQ(head_of(line), "question");
}

}  // namespace
}  // namespace bottle::testing
