// What every technique owes: the nonce in what it sends, the secret where it was asked for and on no control, hashes of
// exactly the bytes that the prober is given.
#include <gtest/gtest.h>

#include "attacks/carrier.h"
#include "attacks/http_body.h"
#include "attacks/http_target.h"
#include "attacks/registry.h"
#include "harness/decoders.h"
#include "harness/digest.h"
#include "harness/evidence.h"
#include "harness/plan.h"

namespace bottle {
namespace {

class Techniques : public testing::Test {
 protected:
  std::vector<Secret> secrets = make_secrets(), bare_secrets = make_secrets();
  std::vector<Technique> techniques = all_techniques();

  const Technique& named(std::string_view name) const {
    for (const Technique& one : techniques) {
      if (one.name == name) return one;
    }
    throw std::logic_error("no such technique");
  }

  static HostCanary host(Arm arm) {
    const bool control = is_control(arm);
    return {.directory = control ? "/tmp" : "/host/canary",
            .file = control ? "/run/bottle/control" : "/host/canary/file",
            .file_token = make_nonce(),
            .variable = control ? "BOTTLE_CONTROL_X" : "BOTTLE_CANARY_X",
            .variable_token = make_nonce(),
            .descriptor_token = make_nonce()};
  }

  Brief brief(Arm arm) const {
    Brief brief{.arm = arm,
                .nonce = make_nonce(),
                .allowed_host = "allowed.test",
                .allowed_address = {"198.51.100.10", 0},
                .allowed_by_name = "198.51.100.10",
                .denied_address = "203.0.113.7",
                .denied_address6 = "2001:db8::7",
                .canaries = {{"host-loopback", {"127.0.0.1", 4001}},
                             {"host-alias", {"127.0.0.77", 4002}},
                             {"host-address", {"192.0.2.9", 4003}},
                             {"host-abstract", {"@canary", 0}}},
                .nearby = {{"gateway", "10.0.0.254"},
                           {"subnet", "10.0.0.77"},
                           {"neighbour", "10.0.1.1"},
                           {"metadata", "169.254.169.254"}},
                .host = host(arm),
                .secrets = arm == Arm::bare ? &bare_secrets : &secrets};
    const bool bare = arm == Arm::bare;
    brief.route = {.proxy = bare ? Endpoint{"203.0.113.250", 3128} : Endpoint{"10.0.0.1", 8888},
                   .egress = bare ? Endpoint{"127.0.0.1", 9099} : Endpoint{"10.0.0.1", 9099},
                   .supervise = bare ? Endpoint{"203.0.113.250", 3128} : Endpoint{"10.0.0.1", 9100},
                   .git_gate = bare ? Endpoint{"203.0.113.250", 3128} : Endpoint{"10.0.0.1", 9418},
                   .echo = {"10.0.0.1", 7007},
                   .echo6 = {"fd00::1", 7007},
                   .echo_socket = "@echo",
                   .resolver = bare ? "198.51.100.53" : "default",
                   .public_resolver = "8.8.8.8",
                   .git_remote = bare ? "git://198.51.100.20/bottle.git" : "git://10.0.0.1:9418/bottle.git",
                   .ca_file = "/ca.pem",
                   .ipv6 = true};
    return brief;
  }

  // Everything that the action would put on the wire, in one text.
  static std::string wire(const nlohmann::json& action) {
    std::string text;
    for (const char* key : {"connect", "request", "opening", "send", "message"}) {
      if (action.contains(key)) text += from_base64(action[key].get<std::string>()).value_or("") + "\n";
    }
    if (action.contains("files")) {
      for (const auto& [name, bytes] : action["files"].items())
        text += from_base64(bytes.get<std::string>()).value_or("") + "\n";
    }
    if (action.contains("steps")) text += action["steps"].dump();
    return text;
  }

  static std::vector<Choice> many_choices(const Technique& technique) {
    std::size_t all = 1;
    for (const auto& [name, values] : technique.parameters) all *= values.size();
    // All where there are few, else about 2000 of them: the stride is a prime, so that no parameter falls into step.
    std::size_t stride = all > 2000 ? std::max<std::size_t>(all / 2000, 17) : 1;
    const auto is_prime = [](std::size_t number) {
      for (std::size_t by = 2; by * by <= number; ++by) {
        if (number % by == 0) return false;
      }
      return true;
    };
    while (!is_prime(stride)) ++stride;
    std::vector<Choice> choices;
    for (std::size_t i = 0; i < all; i += stride) {
      Choice choice;
      std::size_t left = i;
      for (const auto& [name, values] : technique.parameters) {
        choice[name] = values[left % values.size()];
        left /= values.size();
      }
      choices.push_back(std::move(choice));
    }
    return choices;
  }
};

TEST_F(Techniques, PutTheNonceOnTheWireOnEveryArm) {
  for (const Technique& technique : techniques) {
    for (const Choice& choice : many_choices(technique)) {
      for (const Arm arm : {Arm::control_before, Arm::guarded, Arm::control_after, Arm::bare}) {
        const Brief given = brief(arm);
        const Attempt attempt = technique.build(choice, given);
        if (!attempt.not_applicable.empty()) continue;
        ASSERT_EQ(attempt.nonce, given.nonce);
        if (!attempt.token.empty()) continue;  // it sends nothing: what it brings back is what counts
        const std::string text = wire(attempt.action);
        const bool plain = folded(text).find(given.nonce) != std::string::npos;
        ASSERT_TRUE(plain || Searcher(secrets, bare_secrets).look(text).nonces.contains(given.nonce))
            << technique.name << attempt.action.dump();
        ASSERT_FALSE(attempt.channel.empty());
      }
    }
  }
}

TEST_F(Techniques, CarryTheirSecretWhereItWasAskedForAndNeverOnAControl) {
  const Searcher searcher(secrets, bare_secrets);
  for (const char* position : {"path", "query", "header", "header-name", "body", "host"}) {
    for (const std::string& encoding : kEncodings) {
      for (const char* client : {"prober", "curl"}) {
        if (encoding == "escaped" && client == std::string("curl")) continue;  // the dump of its argv escapes, too
        const Choice choice = {{"target", "allowed"},  {"via", "proxy"},       {"secret", "aws"},
                               {"position", position}, {"encoding", encoding}, {"client", client}};
        const Attempt guarded = named("http").build(choice, brief(Arm::guarded));
        const Found found = searcher.look(wire(guarded.action));
        EXPECT_TRUE(found.secrets.contains("TEST_SECRET_AWS")) << position << encoding << client;
        EXPECT_FALSE(found.of_bare);
        EXPECT_TRUE(searcher.look(wire(named("http").build(choice, brief(Arm::bare)).action)).of_bare);
        EXPECT_TRUE(
            searcher.look(wire(named("http").build(choice, brief(Arm::control_before)).action)).secrets.empty());
      }
    }
  }
}

TEST_F(Techniques, CarryTheirSecretInEveryBodyAndFraming) {
  const Searcher searcher(secrets, bare_secrets);
  const auto carries = [&](const Choice& choice) {
    return searcher.look(wire(named("http").build(choice, brief(Arm::bare)).action))
        .secrets.contains("TEST_SECRET_GENERIC");
  };
  const Choice in_body = {{"target", "allowed"}, {"via", "proxy"}, {"secret", "generic"}, {"position", "body"}};
  for (const std::string& content : kContents) {
    for (const char* framing : {"length", "chunked", "upgrade"}) {
      Choice choice = in_body;
      choice["content"] = content;
      choice["framing"] = framing;
      EXPECT_TRUE(carries(choice)) << content << framing;
      choice["client"] = "curl";  // its arguments can hold neither NUL nor what is no text
      EXPECT_EQ(named("http").build(choice, brief(Arm::bare)).not_applicable.empty(),
                content == "form" && std::string(framing) == "length");
    }
  }
  Choice trailer = in_body;
  trailer["position"] = "trailer";
  EXPECT_TRUE(carries(trailer));
}

TEST_F(Techniques, ASecretInAnAllowedHostsNameIsBelowThatHost) {
  const Choice choice = {{"target", "allowed"}, {"position", "host"}, {"secret", "aws"}, {"encoding", "base32"}};
  const Attempt attempt = named("http").build(choice, brief(Arm::guarded));
  EXPECT_NE(wire(attempt.action).find(attempt.nonce + ".allowed.test/"), std::string::npos);
  EXPECT_EQ(attempt.leak, Attempt::Leak::nonce);  // the lookup alone tells it
}

TEST_F(Techniques, TellTheHashOfExactlyTheBytesTheyHandOver) {
  for (const Technique& technique : techniques) {
    for (const Choice& choice : many_choices(technique)) {
      const Attempt attempt = technique.build(choice, brief(Arm::guarded));
      if (!attempt.not_applicable.empty()) continue;
      std::vector<std::string> hashes;
      for (const char* key : {"connect", "request", "opening", "send", "message"}) {
        if (attempt.action.contains(key))
          hashes.push_back(sha256_hex(*from_base64(attempt.action[key].get<std::string>())));
      }
      if (attempt.action["action"] == "client") continue;  // its argv is hashed: seen end to end
      ASSERT_EQ(hashes.size(), attempt.sent.size());
      for (std::size_t i = 0; i < hashes.size(); ++i) ASSERT_EQ(hashes[i], attempt.sent[i].second);
    }
  }
}

TEST_F(Techniques, AQuestionToTheBottlesResolverHasAHarmlessCompanionOnTheSameRoad) {
  const Choice choice = {{"server", "default"}, {"transport", "tcp"}, {"secret", "aws"}};
  const Attempt guarded = named("dns").build(choice, brief(Arm::guarded));
  EXPECT_FALSE(guarded.companion.empty());
  Brief asked = brief(Arm::control_before);
  asked.companion = true;
  const Attempt companion = named("dns").build(choice, asked);
  for (const char* same : {"server", "port", "transport"}) EXPECT_EQ(companion.action[same], guarded.action[same]);
  EXPECT_NE(wire(companion.action).find("allowed"), std::string::npos);
  EXPECT_EQ(wire(companion.action).find(asked.nonce), std::string::npos);
  EXPECT_TRUE(named("dns").build({{"server", "public"}}, brief(Arm::guarded)).companion.empty());
}

TEST_F(Techniques, ATokenThatIsToBeBroughtBackIsToldToNobody) {
  for (const Technique& technique : techniques) {
    for (const Choice& choice : many_choices(technique)) {
      for (const Arm arm : {Arm::control_before, Arm::guarded, Arm::bare}) {
        const Attempt attempt = technique.build(choice, brief(arm));
        if (attempt.token.empty()) continue;
        ASSERT_EQ(attempt.action.dump().find(attempt.token), std::string::npos) << technique.name;
        ASSERT_TRUE(attempt.sent.empty());
      }
    }
  }
}

TEST_F(Techniques, WhatOnlyTheBottlesRootRefusesIsNeverControlledOnTheHost) {
  for (const char* operation : {"write", "read"}) {
    const Attempt control = named("file").build({{"operation", operation}}, brief(Arm::control_before));
    EXPECT_EQ(control.action.dump().find("/host/"), std::string::npos);
    EXPECT_EQ(control.place, Place::agent);
    EXPECT_EQ(named("file").build({{"operation", operation}}, brief(Arm::bare)).place, Place::host);
  }
  EXPECT_EQ(named("unix-socket").build({}, brief(Arm::control_before)).action["path"], "@echo");
  EXPECT_EQ(named("unix-socket").build({}, brief(Arm::guarded)).action["path"], "@canary");
  EXPECT_FALSE(named("unix-socket").build({}, Brief{}).not_applicable.empty());
}

TEST_F(Techniques, AnAddressIsAloneOnlyWhereNobodyElseDialsIt) {
  const auto alone = [&](const Choice& choice) { return named("http").build(choice, brief(Arm::guarded)).alone_at; };
  EXPECT_EQ(alone({{"target", "denied-ip"}, {"via", "proxy"}}), "203.0.113.7");
  EXPECT_EQ(alone({{"target", "denied-ip6"}, {"via", "direct"}}), "2001:db8::7");
  EXPECT_EQ(alone({{"target", "denied-host"}, {"via", "direct"}}), "203.0.113.7");
  EXPECT_EQ(alone({{"target", "denied-host"}, {"via", "proxy"}}), "");  // the resolver says where that is
  EXPECT_EQ(alone({{"target", "allowed"}, {"via", "proxy"}}), "");
  EXPECT_EQ(alone({{"target", "host-loopback"}, {"via", "direct"}}), "");
}

// Behind a gateway that stands for it the host's loopback is there; of a proxy, and by the bare arm, it is asked for as
// it is.
TEST_F(Techniques, TheHostsLoopbackIsDialledWhereItWouldBeHadPastTheWalls) {
  Brief guarded = brief(Arm::guarded);
  guarded.host_loopback = "100.96.0.1";
  const Choice raw{{"target", "host-loopback"}, {"transport", "tcp"}};
  const Attempt past = named("connect").build(raw, guarded);
  EXPECT_EQ(past.action["address"], "100.96.0.1");
  EXPECT_EQ(past.action["port"], 4001);
  EXPECT_EQ(past.canary, "canary:host-loopback");
  EXPECT_EQ(named("connect").build(raw, brief(Arm::bare)).action["address"], "127.0.0.1");
  const Choice alias{{"target", "host-alias"}, {"transport", "tcp"}};
  EXPECT_EQ(named("connect").build(alias, guarded).action["address"], "127.0.0.77");
  const auto http = [&](const char* via) {
    return named("http").build({{"target", "host-loopback"}, {"via", via}, {"scheme", "http"}}, guarded).action;
  };
  EXPECT_EQ(http("direct")["address"], "100.96.0.1");
  EXPECT_EQ(http("proxy").dump().find("100.96.0.1"), std::string::npos);
}

TEST_F(Techniques, NothingIsBesideABundleThatIsNotAtTheHostsAddress) {
  const Choice choice{{"target", "host-beside-bundle"}};
  EXPECT_EQ(named("connect").build(choice, brief(Arm::guarded)).not_applicable,
            "no address of the host's is known to be the bundle's");
  Brief published = brief(Arm::guarded);
  published.canaries["host-beside-bundle"] = {"127.0.0.16", 4004};
  const Attempt attempt = named("connect").build(choice, published);
  EXPECT_EQ(attempt.action["address"], "127.0.0.16");
  EXPECT_EQ(attempt.canary, "canary:host-beside-bundle");
}

TEST_F(Techniques, TheSameChannelMeansTheSameControl) {
  std::map<std::string, std::string> control_of;
  for (const Technique& technique : techniques) {
    for (const Choice& choice : many_choices(technique)) {
      const Brief given = brief(Arm::control_before);
      const Attempt guarded = technique.build(choice, brief(Arm::guarded));
      if (!guarded.not_applicable.empty()) continue;
      Attempt control = technique.build(choice, given);
      std::string road = control.action.value("address", control.action.value("server", "")) +
                         control.action.value("action", "") + std::to_string(control.action.value("port", 0)) +
                         (control.action.contains("tls") ? "tls" : "") + control.delivered_at;
      const auto [known, fresh] = control_of.emplace(guarded.channel, road);
      ASSERT_EQ(known->second, road) << guarded.channel;
    }
  }
}

TEST_F(Techniques, AProxysLoginIsReadByTheClientAndSaidToTheProxyAlone) {
  Brief given = brief(Arm::guarded);
  given.route.proxy_login = "http_proxy";
  const Choice through = {{"target", "denied-host"}, {"via", "proxy"}},
               past = {{"target", "denied-host"}, {"via", "direct"}};
  EXPECT_EQ(named("http").build(through, given).action.value("login", ""), "http_proxy");
  EXPECT_FALSE(named("http").build(past, given).action.contains("login"));
  Choice by_curl = through;
  by_curl["client"] = "curl";
  const auto steps = named("http").build(by_curl, given).action["steps"][0].get<std::vector<std::string>>();
  EXPECT_EQ(std::count(steps.begin(), steps.end(), "-x"), 0) << "the environment says the road and the password";
}

TEST_F(Techniques, AddressConnectSniAndHostAreIndependent) {
  const Attempt attempt = named("http").build(
      {{"target", "denied-ip"}, {"spoof", "sni"}, {"scheme", "https"}, {"via", "proxy"}}, brief(Arm::guarded));
  EXPECT_TRUE(from_base64(attempt.action["connect"].get<std::string>())->starts_with("CONNECT 203.0.113.7:443 "));
  EXPECT_EQ(attempt.action["tls"]["sni"], "allowed.test");
  EXPECT_NE(from_base64(attempt.action["request"].get<std::string>())->find("Host: allowed.test\r\n"),
            std::string::npos);
  EXPECT_EQ(attempt.action["address"], "10.0.0.1");
}

TEST_F(Techniques, ADisguisedHostIsNamedAsItIsMeantWhereverItIsNamedAgain) {
  for (const std::string& spelling : kSpellings) {
    const Attempt attempt =
        named("http").build({{"target", "denied-host"}, {"via", "proxy"}, {"spelling", spelling}, {"scheme", "https"}},
                            brief(Arm::guarded));
    const std::string sni = attempt.action["tls"]["sni"];
    EXPECT_NE(sni.find(attempt.nonce), std::string::npos) << spelling;
    EXPECT_EQ(sni.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-"), std::string::npos) << spelling;
    EXPECT_NE(from_base64(attempt.action["request"].get<std::string>())->find("Host: " + sni + "\r\n"),
              std::string::npos)
        << spelling;
    EXPECT_EQ(attempt.lied_to, "");
  }
}

TEST_F(Techniques, AFrontedRequestNamesTheDeniedHostInsideOnly) {
  const Attempt attempt = named("http").build(
      {{"target", "denied-host"}, {"spoof", "front"}, {"scheme", "https"}, {"via", "proxy"}}, brief(Arm::guarded));
  EXPECT_TRUE(from_base64(attempt.action["connect"].get<std::string>())->starts_with("CONNECT allowed.test:443 "));
  EXPECT_EQ(attempt.action["tls"]["sni"], attempt.nonce + ".denied.test");
  EXPECT_EQ(attempt.lied_to, "198.51.100.10");
}

// Who goes there itself dials what it can, and the bundle what the name resolves to.
TEST_F(Techniques, TheAllowedHostIsWhereWhoeverGoesThereFindsIt) {
  Brief apart = brief(Arm::guarded);
  apart.allowed_address = {"203.0.113.4", 0};
  const auto built = [&](const Choice& choice) { return named("http").build(choice, apart); };
  EXPECT_EQ(built({{"target", "allowed-redirect"}, {"via", "proxy"}, {"client", "curl"}}).by_way_of, "198.51.100.10");
  EXPECT_EQ(built({{"target", "denied-host"}, {"spoof", "host"}, {"via", "proxy"}}).lied_to, "198.51.100.10");
  EXPECT_EQ(built({{"target", "denied-host"}, {"spoof", "host"}, {"via", "direct"}}).lied_to, "203.0.113.4");
}

TEST_F(Techniques, WhatGoesBeforeOnAKeptConnectionIsHarmlessAndHasNoNonce) {
  const Attempt attempt = named("http").build({{"target", "denied-host"}, {"connection", "kept"}}, brief(Arm::guarded));
  const std::string before = *from_base64(attempt.action["connect"].get<std::string>());
  EXPECT_TRUE(before.starts_with("HEAD http://allowed.test/ "));
  EXPECT_EQ(before.find(attempt.nonce), std::string::npos);
}

TEST_F(Techniques, ADaemonThatMustRefuseIsTheWallOfItsRoad) {
  const auto wall = [&](const std::string& via) {
    return named("http").build({{"target", "denied-host"}, {"via", via}}, brief(Arm::guarded)).wall;
  };
  EXPECT_EQ(wall("proxy"), Layer::pipelock);
  EXPECT_EQ(wall("supervise"), Layer::supervise);
  EXPECT_EQ(wall("git-gate"), Layer::git_gate);
  EXPECT_EQ(wall("egress"), Layer::network);
}

TEST_F(Techniques, AnEgressInFrontIsNoPortToGetRound) {
  Brief where = brief(Arm::guarded);
  where.route.egress = {};
  where.route.egress_is_proxy = true;
  const Technique http = named("http");
  EXPECT_EQ(http.build({{"target", "denied-host"}, {"via", "egress"}}, where).not_applicable,
            "egress is this bundle's proxy: its port is the front door");
  EXPECT_EQ(http.build({{"target", "denied-host"}, {"via", "proxy"}}, where).not_applicable, "");
}

TEST_F(Techniques, AGateThatSpeaksHttpIsPushedToByGitAlone) {
  Brief where = brief(Arm::guarded);
  where.route.git_remote = "http://10.0.0.1:9420/bottle.git";
  const Technique git = named("git");
  EXPECT_EQ(git.build({{"client", "prober"}, {"secret", "aws"}}, where).not_applicable,
            "the prober pushes over git:// only");
  const Attempt attempt = git.build({{"client", "git"}, {"secret", "aws"}}, where);
  EXPECT_EQ(attempt.not_applicable, "");
  EXPECT_EQ(attempt.action["steps"][3][3], where.route.git_remote);
  // Or git would ask the proxy for it.
  EXPECT_EQ(attempt.action["environment"]["GIT_CONFIG_KEY_1"], "http.proxy");
  EXPECT_EQ(attempt.action["environment"]["GIT_CONFIG_VALUE_1"], "");
}

TEST_F(Techniques, NoHostLabelIsLongerThanTheProtocolAllows) {
  for (const char* secret : {"anthropic", "aws", "generic"}) {
    const Attempt attempt = named("dns").build({{"secret", secret}}, brief(Arm::guarded));
    const std::string message = *from_base64(attempt.action["message"].get<std::string>());
    std::size_t at = 12;
    while (message[at] != 0) {
      ASSERT_LE(static_cast<unsigned char>(message[at]), 63);
      at += 1 + static_cast<unsigned char>(message[at]);
    }
    EXPECT_LE(at - 12, 255u);
  }
}

}  // namespace
}  // namespace bottle
